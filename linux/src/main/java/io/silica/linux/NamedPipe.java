// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/** Makes FIFOs. */
public final class NamedPipe {
    private static final int AT_FDCWD = -100;
    private static final int S_IFIFO = 0x1000;

    private NamedPipe() {}

    /**
     * Makes a FIFO of mode 0600.
     *
     * @throws LinuxException EEXIST if the path is taken
     */
    public static void make(Path path) {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path.toString());
            long result = Syscall.MKNODAT.invoke(AT_FDCWD, name, S_IFIFO | 0600, 0, 0, 0);
            Syscall.MKNODAT.check(result, path);
        }
    }
}
