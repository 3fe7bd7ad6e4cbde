// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

/**
 * How readily a thread lets others go first (setpriority(2), sched(7)): each step is a quarter of
 * its weight against theirs. Native because Java's priorities do nothing on Linux.
 *
 * <p>Nothing blocks.
 */
public final class Niceness {
    /** The most that there is. */
    public static final int MOST = 19;

    private static final int PRIO_PROCESS = 0;
    private static final int CALLER = 0;

    private Niceness() {}

    /**
     * Makes the calling thread so nice, and no other: a platform thread, or it is the carrier's.
     *
     * @throws LinuxException EACCES if it would be less nice than it was, without a right to that
     */
    public static void ofThisThread(int nice) {
        Syscall.SETPRIORITY.check(
                Syscall.SETPRIORITY.invoke(PRIO_PROCESS, CALLER, nice, 0), "niceness " + nice);
    }

    /**
     * Makes a process so nice that has one thread yet: those that it makes are as nice.
     *
     * @throws LinuxException ESRCH if there is none, or as {@link #ofThisThread}
     */
    public static void ofProcess(int pid, int nice) {
        Syscall.SETPRIORITY.check(
                Syscall.SETPRIORITY.invoke(PRIO_PROCESS, pid, nice, 0), "process " + pid);
    }
}
