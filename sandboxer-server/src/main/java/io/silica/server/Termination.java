// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import java.util.concurrent.CountDownLatch;

/**
 * The wish that this process ends (SIGTERM, SIGINT, SIGHUP). The process ends with the code of its
 * command, when that is done, not with that of the signal: a service manager takes 143 for a
 * failure.
 */
public final class Termination {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile int code;

    private Termination() {}

    /** Begins to listen. */
    public static Termination install() {
        var termination = new Termination();
        Runtime.getRuntime().addShutdownHook(new Thread(termination::end, "termination"));
        return termination;
    }

    /** Waits until somebody wants it to end. */
    public void await() throws InterruptedException {
        asked.await();
    }

    /**
     * Ends the process: the command is done.
     *
     * @param exitCode the process's exit code
     */
    public void exit(int exitCode) {
        code = exitCode;
        done.countDown();
        System.exit(exitCode);
    }

    private void end() {
        asked.countDown();
        try {
            done.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(code);
    }
}
