// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * All children of this process, orphans that came to us included: for a process that is a {@link
 * Subreaper} or process 1. Native because the JDK waits only for what it has started. Whoever uses
 * it never uses {@code java.lang.Process}, whose children it would collect.
 */
public final class Children {
    private static final int P_ALL = 0;
    private static final int P_PID = 1;

    private Children() {}

    /**
     * Waits until one has ended, and leaves its status to be collected. On a platform thread of its
     * own.
     *
     * @return its pid; empty if there are no children at all, or a signal came
     */
    public static OptionalInt awaitExit() {
        try (var info = new ChildInfo()) {
            long result =
                    Syscall.WAITID.invoke(
                            P_ALL, 0, info.address(), ChildInfo.WEXITED | ChildInfo.WNOWAIT);
            if (Syscall.is(result, Errno.ECHILD) || Syscall.is(result, Errno.EINTR)) {
                return OptionalInt.empty();
            }
            Syscall.WAITID.check(result, "any child");
            return OptionalInt.of(info.pid());
        }
    }

    /**
     * Collects the status of one that has ended; from then on its pid can be another's. Empty if it
     * has not ended or is not a child of ours. Any thread; never blocks.
     */
    public static Optional<ExitStatus> collect(int pid) {
        try (var info = new ChildInfo()) {
            long result =
                    Syscall.WAITID.invoke(
                            P_PID, pid, info.address(), ChildInfo.WEXITED | ChildInfo.WNOHANG);
            if (Syscall.is(result, Errno.ECHILD)) {
                return Optional.empty();
            }
            Syscall.WAITID.check(result, "child " + pid);
            return info.pid() == 0 ? Optional.empty() : Optional.of(info.status());
        }
    }
}
