// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Has the kernel give every TCP connection that is made to 127.0.0.0/8 within a network namespace,
 * to whatever port, to one listener: a program of the type sk_lookup, which is asked before the
 * ports are (bpf(2); linux/bpf.h, bpf_sk_lookup). It lasts as long as this is open.
 *
 * <p>Native because the JDK knows no bpf. Any thread may call any method; none blocks.
 */
final class SocketLookup implements AutoCloseable {
    /** Commands, types and helpers as linux/bpf.h numbers them. */
    private static final int MAP_CREATE = 0;

    private static final int MAP_UPDATE_ELEM = 2;
    private static final int PROG_LOAD = 5;
    private static final int LINK_CREATE = 28;
    private static final int MAP_TYPE_SOCKMAP = 15;
    private static final int PROG_TYPE_SK_LOOKUP = 30;
    private static final int ATTACH_SK_LOOKUP = 36;
    private static final int HELPER_MAP_LOOKUP = 1;
    private static final int HELPER_RELEASE = 86;
    private static final int HELPER_ASSIGN = 124;

    /** Fields of what the program is given. */
    private static final int FAMILY = 8;

    private static final int PROTOCOL = 12;
    private static final int LOCAL_ADDRESS = 40;

    private static final int INET = 2;
    private static final int TCP = 6;
    private static final int LOOPBACK_NETWORK = 127;

    /** More than any of these commands reads; what is beyond has to be zero. */
    private static final int ATTRIBUTES = 120;

    private static final int INSTRUCTION = 8;

    private final Descriptor link;

    private SocketLookup(Descriptor link) {
        this.link = link;
    }

    /**
     * Begins with it.
     *
     * @param listener a TCP socket of that namespace that listens over IPv4
     * @throws LinuxException EPERM without CAP_NET_ADMIN and CAP_BPF, EINVAL before Linux 5.9
     */
    static SocketLookup steer(NetworkNamespace namespace, Descriptor listener) {
        try (var arena = Arena.ofConfined();
                var map = map(arena, listener);
                var program = program(arena, map)) {
            var attributes = attributes(arena);
            attributes.set(ValueLayout.JAVA_INT, 0, program.number());
            attributes.set(ValueLayout.JAVA_INT, 4, namespace.descriptor().number());
            attributes.set(ValueLayout.JAVA_INT, 8, ATTACH_SK_LOOKUP);
            return new SocketLookup(call(LINK_CREATE, attributes, "link of a lookup"));
        }
    }

    /** A map of one socket. */
    private static Descriptor map(Arena arena, Descriptor listener) {
        var attributes = attributes(arena);
        attributes.set(ValueLayout.JAVA_INT, 0, MAP_TYPE_SOCKMAP);
        attributes.set(ValueLayout.JAVA_INT, 4, Integer.BYTES);
        attributes.set(ValueLayout.JAVA_INT, 8, Long.BYTES);
        attributes.set(ValueLayout.JAVA_INT, 12, 1);
        var map = call(MAP_CREATE, attributes, "map of a lookup");
        try {
            var update = attributes(arena);
            update.set(ValueLayout.JAVA_INT, 0, map.number());
            update.set(
                    ValueLayout.JAVA_LONG,
                    8,
                    arena.allocateFrom(ValueLayout.JAVA_INT, 0).address());
            update.set(
                    ValueLayout.JAVA_LONG,
                    16,
                    arena.allocateFrom(ValueLayout.JAVA_LONG, listener.number()).address());
            long result = Syscall.BPF.invoke(MAP_UPDATE_ELEM, update, ATTRIBUTES, 0, 0, 0);
            Syscall.BPF.check(result, listener.label());
            return map;
        } catch (RuntimeException e) {
            map.close();
            throw e;
        }
    }

    private static Descriptor program(Arena arena, Descriptor map) {
        byte[] instructions = instructions(map.number());
        var code =
                arena.allocate(instructions.length, Long.BYTES)
                        .copyFrom(MemorySegment.ofArray(instructions));
        var attributes = attributes(arena);
        attributes.set(ValueLayout.JAVA_INT, 0, PROG_TYPE_SK_LOOKUP);
        attributes.set(ValueLayout.JAVA_INT, 4, instructions.length / INSTRUCTION);
        attributes.set(ValueLayout.JAVA_LONG, 8, code.address());
        attributes.set(ValueLayout.JAVA_LONG, 16, arena.allocateFrom("Apache-2.0").address());
        attributes.set(ValueLayout.JAVA_INT, 68, ATTACH_SK_LOOKUP);
        return call(PROG_LOAD, attributes, "program of a lookup");
    }

    /**
     * <pre>
     *   if it is TCP over IPv4 to 127.0.0.0/8 and the map has a socket: assign that
     *   pass
     * </pre>
     */
    private static byte[] instructions(int map) {
        return new Instructions()
                .add(0xbf, 6, 1, 0, 0) // r6 = what was given
                .add(0x61, 0, 6, FAMILY, 0)
                .add(0x55, 0, 0, 19, INET) // if it is not that, pass
                .add(0x61, 0, 6, PROTOCOL, 0)
                .add(0x55, 0, 0, 17, TCP)
                .add(0x61, 0, 6, LOCAL_ADDRESS, 0)
                .add(0x57, 0, 0, 0, 0xff) // the first byte on the wire
                .add(0x55, 0, 0, 14, LOOPBACK_NETWORK)
                .add(0x62, 10, 0, -4, 0) // the key, 0
                .add(0x18, 1, 1, 0, map)
                .add(0, 0, 0, 0, 0)
                .add(0xbf, 2, 10, 0, 0)
                .add(0x07, 2, 0, 0, -4)
                .add(0x85, 0, 0, 0, HELPER_MAP_LOOKUP)
                .add(0x15, 0, 0, 7, 0)
                .add(0xbf, 7, 0, 0, 0)
                .add(0xbf, 1, 6, 0, 0)
                .add(0xbf, 2, 7, 0, 0)
                .add(0xb7, 3, 0, 0, 0)
                .add(0x85, 0, 0, 0, HELPER_ASSIGN)
                .add(0xbf, 1, 7, 0, 0)
                .add(0x85, 0, 0, 0, HELPER_RELEASE)
                .add(0xb7, 0, 0, 0, 1) // pass
                .add(0x95, 0, 0, 0, 0)
                .bytes();
    }

    /** Instructions as linux/bpf.h lays them out: code, registers, offset, number. */
    private static final class Instructions {
        private final ByteBuffer buffer =
                ByteBuffer.allocate(32 * INSTRUCTION).order(ByteOrder.LITTLE_ENDIAN);

        Instructions add(int code, int to, int from, int offset, int number) {
            buffer.put((byte) code).put((byte) (from << 4 | to));
            buffer.putShort((short) offset).putInt(number);
            return this;
        }

        byte[] bytes() {
            var bytes = new byte[buffer.flip().remaining()];
            buffer.get(bytes);
            return bytes;
        }
    }

    private static MemorySegment attributes(Arena arena) {
        return arena.allocate(ATTRIBUTES, Long.BYTES);
    }

    private static Descriptor call(int command, MemorySegment attributes, String label) {
        long result = Syscall.BPF.invoke(command, attributes, ATTRIBUTES, 0, 0, 0);
        // What bpf opens is close-on-exec.
        return new Descriptor(Syscall.BPF.check(result, label), label);
    }

    @Override
    public void close() {
        link.close();
    }
}
