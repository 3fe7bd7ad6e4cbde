// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;

/**
 * An anonymous pipe. Native because the ends of {@code java.nio.channels.Pipe} have no numbers.
 *
 * @param reader the end that is read
 * @param writer the end that is written
 */
public record Pipe(Descriptor reader, Descriptor writer) implements AutoCloseable {
    /** A new pipe whose ends block. */
    public static Pipe open() {
        try (var arena = Arena.ofConfined()) {
            var ends = arena.allocate(JAVA_INT, 2);
            Syscall.PIPE2.check(
                    Syscall.PIPE2.invoke(ends.address(), OpenFlag.CLOEXEC), "(anonymous)");
            return new Pipe(
                    new Descriptor(ends.getAtIndex(JAVA_INT, 0), "read end of a pipe"),
                    new Descriptor(ends.getAtIndex(JAVA_INT, 1), "write end of a pipe"));
        }
    }

    @Override
    public void close() {
        reader.close();
        writer.close();
    }
}
