// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.begin;

import io.silica.sandbox.Failpoint;

/**
 * Lets a daemon die at a chosen moment of a call. It is played within the process: the thread that
 * comes to the failpoint stands still for ever, and the next life begins with what there is then.
 */
final class Deaths {
    /** The moment after the answer, which has no failpoint. */
    static final String ANSWERED = "answered";

    private final Ground ground;

    Deaths(Ground ground) {
        this.ground = ground;
    }

    /**
     * Makes a call, lets the daemon die and the next one begin.
     *
     * @param moment of the call, or {@link #ANSWERED}
     * @param call as its failpoints begin: {@code task.create}
     */
    void during(String moment, String call, Runnable calling) {
        if (moment.equals(ANSWERED)) {
            calling.run();
        } else {
            String point = call + "." + moment;
            Failpoint.arm(point + "=halt");
            var _ = begin(calling);
            awaitHalt(point);
        }
        ground.stopDaemon();
        Failpoint.disarm();
        ground.startDaemon();
    }

    private static void awaitHalt(String point) {
        try {
            Failpoint.awaitHalt(point);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
