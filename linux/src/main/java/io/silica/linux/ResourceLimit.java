// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;

/**
 * What a process may use at the most (prlimit(2)), which what it executes and starts inherits.
 * Native because the JDK knows no limits.
 *
 * <p>Any thread may set them; nothing blocks.
 */
public enum ResourceLimit {
    /** Seconds of processor time; then it is killed. */
    CPU_SECONDS(0),
    /** Bytes that a file may be made longer to, one in memory included. */
    FILE_BYTES(1),
    /** Bytes that a core dump may have. */
    CORE_BYTES(4),
    /** Bytes of addresses, whatever is behind them; then there is no more memory for it. */
    ADDRESS_BYTES(9),
    /** 20 without the least niceness that its threads may take without a right to that. */
    NICENESS(13);

    private final int number;

    ResourceLimit(int number) {
        this.number = number;
    }

    /**
     * Sets it for a process, for good.
     *
     * @throws LinuxException ESRCH if there is none, EPERM without a right to that
     */
    public void set(int pid, long value) {
        try (var arena = Arena.ofConfined()) {
            var softAndHard = arena.allocateFrom(JAVA_LONG, value, value);
            long result = Syscall.PRLIMIT64.invoke(pid, number, softAndHard.address(), 0);
            Syscall.PRLIMIT64.check(result, "process " + pid);
        }
    }
}
