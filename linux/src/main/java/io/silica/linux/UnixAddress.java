// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where a Unix socket is bound (unix(7)). */
public sealed interface UnixAddress {
    /**
     * The most bytes that a name can have: {@code sun_path} less the final NUL, or the first one.
     */
    int MAX_BYTES = 107;

    /** The size of {@code struct sockaddr_un}. */
    int ENCODED_BYTES = 110;

    /**
     * A file.
     *
     * @param file its path; beyond {@link #MAX_BYTES} bytes the call that uses it is refused with
     *     ENAMETOOLONG
     */
    record OfPath(Path file) implements UnixAddress {
        @Override
        public String toString() {
            return file.toString();
        }
    }

    /**
     * A name of the network namespace; anybody in there can connect to it.
     *
     * @param name without the leading NUL
     */
    record Abstract(String name) implements UnixAddress {
        @Override
        public String toString() {
            return "@" + name;
        }
    }

    static UnixAddress of(Path file) {
        return new OfPath(file);
    }

    /** As service managers write it: a path, or a name after {@code @}. */
    static UnixAddress parse(String text) {
        return text.startsWith("@") ? new Abstract(text.substring(1)) : of(Path.of(text));
    }

    /** The {@code struct sockaddr_un}, as long as the kernel has to be told. */
    static MemorySegment encode(UnixAddress address, Syscall call, SegmentAllocator memory) {
        var name = nameOf(address).getBytes(StandardCharsets.UTF_8);
        if (name.length > MAX_BYTES) {
            throw new LinuxException(call.call(), address.toString(), Errno.ENAMETOOLONG);
        }
        // A path ends with a NUL; an abstract name begins with one and ends with its length.
        var encoded = memory.allocate(JAVA_SHORT.byteSize() + name.length + 1);
        encoded.set(JAVA_SHORT, 0, (short) SocketType.AF_UNIX);
        MemorySegment.copy(name, 0, encoded, JAVA_BYTE, nameOffset(address), name.length);
        return encoded;
    }

    private static String nameOf(UnixAddress address) {
        return switch (address) {
            case OfPath(Path file) -> file.toString();
            case Abstract(String name) -> name;
        };
    }

    private static long nameOffset(UnixAddress address) {
        return switch (address) {
            case OfPath _ -> 2;
            case Abstract _ -> 3;
        };
    }
}
