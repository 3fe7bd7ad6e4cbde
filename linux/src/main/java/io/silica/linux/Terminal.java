// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;

/** The side of a pseudoterminal that is not the program's. Native because the JDK has none. */
public final class Terminal {
    private static final int TIOCSWINSZ = 0x5414;

    private Terminal() {}

    /**
     * Says how large it is; its foreground processes are told by a signal.
     *
     * @throws LinuxException ENOTTY if it is no terminal
     */
    public static void resize(Descriptor terminal, int columns, int rows) {
        try (var arena = Arena.ofConfined()) {
            var size =
                    arena.allocateFrom(
                            JAVA_SHORT, (short) rows, (short) columns, (short) 0, (short) 0);
            terminal.call(Syscall.IOCTL, TIOCSWINSZ, size.address());
        }
    }
}
