// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What waitid(2) says of a child: the part of {@code siginfo_t} that it fills. */
final class ChildInfo implements AutoCloseable {
    static final int WNOHANG = 1;
    static final int WEXITED = 4;
    static final int WNOWAIT = 0x0100_0000;

    private static final int CLD_EXITED = 1;
    private static final int CLD_DUMPED = 3;

    private static final long SIZE = 128;
    private static final long CODE = 8;
    private static final long PID = 16;
    private static final long STATUS = 24;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(SIZE, Long.BYTES);

    long address() {
        return memory.address();
    }

    /** 0 if there was nobody to tell of. */
    int pid() {
        return memory.get(JAVA_INT, PID);
    }

    ExitStatus status() {
        int how = memory.get(JAVA_INT, CODE);
        int status = memory.get(JAVA_INT, STATUS);
        return how == CLD_EXITED
                ? new ExitStatus.Exited(status)
                : new ExitStatus.Signalled(status, how == CLD_DUMPED);
    }

    @Override
    public void close() {
        arena.close();
    }
}
