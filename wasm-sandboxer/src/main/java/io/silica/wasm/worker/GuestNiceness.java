// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.Niceness;
import java.util.OptionalInt;

/**
 * What CPU shares are for the thread of a guest, beside other guests of its worker: a step of
 * niceness is a quarter of a thread's weight, as a weight of 1024 shares is that of one CPU. The
 * threads that serve the daemon are not nice at all, so that they come first. Any thread may call
 * any method.
 */
final class GuestNiceness {
    private static final double STEP = Math.log(1.25);
    private static final long ONE_CPU = 1024;

    /** In the middle, with room for more and for less. */
    private static final int OF_ONE_CPU = 6;

    private int nice;
    private OptionalInt thread = OptionalInt.empty();

    /**
     * @param shares as cgroup v1 counts them; 0 if none were asked for
     */
    GuestNiceness(long shares) {
        nice = of(shares);
    }

    /** From 1 on. */
    static int of(long shares) {
        double steps = shares == 0 ? 0 : Math.log((double) ONE_CPU / shares) / STEP;
        return Math.clamp(Math.round(OF_ONE_CPU + steps), 1, Niceness.MOST);
    }

    /** Called by the guest's thread when it begins: it is so nice from now on. */
    synchronized void begin() {
        thread = OptionalInt.of(Niceness.thisThread());
        // In a worker that is nicer altogether it stays as that is.
        var _ = isApplied();
    }

    /** Called by the guest's thread when it ends: another one may be known by its number then. */
    synchronized void end() {
        thread = OptionalInt.empty();
    }

    /**
     * Changes it, at once if the guest runs.
     *
     * @return false if this worker may not make a thread less nice; then nothing has changed
     */
    synchronized boolean change(long shares) {
        int before = nice;
        nice = of(shares);
        boolean applied = isApplied();
        if (!applied) {
            nice = before;
        }
        return applied;
    }

    private boolean isApplied() {
        try {
            thread.ifPresent(number -> Niceness.ofThread(number, nice));
            return true;
        } catch (LinuxException e) {
            if (e.errno() != Errno.EACCES) {
                throw e;
            }
            return false;
        }
    }
}
