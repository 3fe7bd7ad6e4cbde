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

    /** What the kernel adds that its answer is no errno (getpriority(2)). */
    private static final int LEAST = -20;

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

    /** That of the calling thread. */
    public static int ofThisThread() {
        long answer = Syscall.GETPRIORITY.invoke(PRIO_PROCESS, CALLER, 0, 0);
        return (int) -(Syscall.GETPRIORITY.check(answer, "this thread") + LEAST);
    }

    /** What {@link #ofThread} knows the calling thread by: a platform thread. */
    public static int thisThread() {
        return (int) Syscall.GETTID.check(Syscall.GETTID.invoke(0, 0, 0, 0), "this thread");
    }

    /**
     * Makes a thread of this process so nice, and no other.
     *
     * @param thread as {@link #thisThread} told it
     * @throws LinuxException ESRCH if it has ended, or as {@link #ofThisThread(int)}
     */
    public static void ofThread(int thread, int nice) {
        Syscall.SETPRIORITY.check(
                Syscall.SETPRIORITY.invoke(PRIO_PROCESS, thread, nice, 0), "thread " + thread);
    }

    /**
     * Makes a process so nice that has one thread yet: those that it makes are as nice.
     *
     * @throws LinuxException ESRCH if there is none, or as {@link #ofThisThread(int)}
     */
    public static void ofProcess(int pid, int nice) {
        Syscall.SETPRIORITY.check(
                Syscall.SETPRIORITY.invoke(PRIO_PROCESS, pid, nice, 0), "process " + pid);
    }
}
