// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.wasm.engine.wasi.GuestSocket.Connection;
import io.silica.wasm.engine.wasi.GuestSocket.Listener;
import io.silica.wasm.engine.wasi.WasiDescriptor.Directory;
import io.silica.wasm.engine.wasi.WasiDescriptor.File;
import io.silica.wasm.engine.wasi.WasiDescriptor.Input;
import io.silica.wasm.engine.wasi.WasiDescriptor.Output;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/**
 * The functions of WASI that read and write. What they allocate is small, whatever a guest asks
 * for: it gets less then, as it may from any read or write.
 */
final class Transfers {
    /** The most bytes that are allocated at once. */
    static final int MOST = 64 << 10;

    /** The most vectors that are looked at (IOV_MAX). A vector is an address and a length. */
    private static final int MOST_VECTORS = 1024;

    private static final int VECTOR = 8;
    private static final int LENGTH = 4;

    private final DescriptorTable table;

    Transfers(DescriptorTable table) {
        this.table = table;
    }

    Map<String, WasiFunction> functions() {
        return Map.of(
                "fd_pread", this::readAt,
                "fd_pwrite", this::writeAt,
                "fd_read", this::read,
                "fd_write", this::write);
    }

    /** Moves at most {@link #MOST} bytes between a guest's memory and something else. */
    @FunctionalInterface
    private interface Part {
        /**
         * Moves them.
         *
         * @param done how many bytes were moved by earlier parts
         * @return how many were moved; fewer than {@code length} if there is no more to move
         */
        int move(int address, int length, long done);
    }

    /** {@code (fd, vectors, vector_count, count)}. */
    private void read(Memory memory, long[] args) {
        switch (table.get(args[0])) {
            case Input input -> firstOnly(memory, args, 3, at(memory, input.stream()));
            case File file ->
                    all(
                            memory,
                            args,
                            3,
                            (address, length, _) ->
                                    read(
                                            memory,
                                            address,
                                            length,
                                            buffer ->
                                                    Math.max(
                                                            file.file()
                                                                    .descriptor()
                                                                    .read(buffer, 0, length),
                                                            0)));
            case Connection connection -> receive(memory, args, 3, connection, false);
            case Listener _ -> throw new WasiFailure(WasiErrno.NOT_CONNECTED);
            case Directory _ -> throw new WasiFailure(WasiErrno.IS_DIRECTORY);
            case Output _ -> throw new WasiFailure(WasiErrno.BAD_DESCRIPTOR);
        }
    }

    /**
     * Receives once from a connection, and waits for that if it is one that waits.
     *
     * @param count which argument says where the number of bytes goes
     * @param keep whether what is read is to be read again
     */
    void receive(Memory memory, long[] args, int count, Connection from, boolean keep) {
        firstOnly(
                memory,
                args,
                count,
                (address, length, _) ->
                        read(
                                memory,
                                address,
                                length,
                                buffer -> receive(from, buffer, length, keep)));
    }

    private static int receive(Connection from, MemorySegment buffer, int length, boolean keep) {
        int received = from.socket().receive(buffer, length, keep);
        while (received == 0) {
            from.await(Epoll.READABLE);
            received = from.socket().receive(buffer, length, keep);
        }
        return Math.max(received, 0);
    }

    /**
     * Sends to a connection: all of it, if it is one that waits.
     *
     * @param count which argument says where the number of bytes goes
     */
    void send(Memory memory, long[] args, int count, Connection to) {
        all(
                memory,
                args,
                count,
                (address, length, done) ->
                        write(memory, address, length, buffer -> send(to, buffer, length, done)));
    }

    private static int send(Connection to, MemorySegment buffer, int length, long before) {
        int sent = 0;
        while (sent < length) {
            int more = to.socket().send(buffer, sent, length - sent);
            sent += more;
            if (more == 0 && !awaitRoom(to, before + sent)) {
                return sent;
            }
        }
        return sent;
    }

    /** Whether there is some now: one that does not wait has done what it could. */
    private static boolean awaitRoom(Connection to, long sent) {
        if (sent > 0 && to.flags() == GuestSocket.NON_BLOCKING) {
            return false;
        }
        to.await(Epoll.WRITABLE);
        return true;
    }

    private static Part at(Memory memory, InputStream stream) {
        return (address, length, _) -> {
            try {
                var bytes = new byte[length];
                int count = Math.max(stream.read(bytes, 0, length), 0);
                memory.write(address, bytes, 0, count);
                return count;
            } catch (IOException _) {
                throw new WasiFailure(WasiErrno.IO);
            }
        };
    }

    /** {@code (fd, vectors, vector_count, offset, count)}. */
    private void readAt(Memory memory, long[] args) {
        var file = table.file(args[0]).file();
        all(
                memory,
                args,
                4,
                (address, length, done) ->
                        read(
                                memory,
                                address,
                                length,
                                buffer -> file.readAt(buffer, length, args[3] + done)));
    }

    @FunctionalInterface
    private interface Call {
        int apply(MemorySegment buffer);
    }

    private static int read(Memory memory, int address, int length, Call call) {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(length);
            int count = call.apply(buffer);
            memory.write(address, buffer.asSlice(0, count).toArray(JAVA_BYTE));
            return count;
        }
    }

    /** {@code (fd, vectors, vector_count, count)}. */
    private void write(Memory memory, long[] args) {
        switch (table.get(args[0])) {
            case Output output -> all(memory, args, 3, to(memory, output.stream()));
            case File file ->
                    all(
                            memory,
                            args,
                            3,
                            (address, length, _) ->
                                    write(
                                            memory,
                                            address,
                                            length,
                                            buffer ->
                                                    file.file()
                                                            .descriptor()
                                                            .write(buffer, 0, length)));
            case Connection connection -> send(memory, args, 3, connection);
            case Listener _ -> throw new WasiFailure(WasiErrno.NOT_CONNECTED);
            case Directory _ -> throw new WasiFailure(WasiErrno.IS_DIRECTORY);
            case Input _ -> throw new WasiFailure(WasiErrno.BAD_DESCRIPTOR);
        }
    }

    private static Part to(Memory memory, OutputStream stream) {
        return (address, length, _) -> {
            try {
                stream.write(memory.readBytes(address, length), 0, length);
                return length;
            } catch (IOException _) {
                throw new WasiFailure(WasiErrno.IO);
            }
        };
    }

    /** {@code (fd, vectors, vector_count, offset, count)}. */
    private void writeAt(Memory memory, long[] args) {
        var file = table.file(args[0]).file();
        all(
                memory,
                args,
                4,
                (address, length, done) ->
                        write(
                                memory,
                                address,
                                length,
                                buffer -> file.writeAt(buffer, length, args[3] + done)));
    }

    private static int write(Memory memory, int address, int length, Call call) {
        try (var arena = Arena.ofConfined()) {
            return call.apply(arena.allocateFrom(JAVA_BYTE, memory.readBytes(address, length)));
        }
    }

    /** Moves all that the vectors name, for as long as there is more, and tells the guest. */
    private static void all(Memory memory, long[] args, int count, Part part) {
        long done = 0;
        boolean more = true;
        for (int i = 0; more && i < vectors(args); i++) {
            int vector = (int) args[1] + i * VECTOR;
            int address = memory.readInt(vector);
            long left = Integer.toUnsignedLong(memory.readInt(vector + LENGTH));
            while (more && left > 0) {
                GuestInterruptedException.check();
                int length = (int) Math.min(left, MOST);
                int moved = moved(part, address, length, done);
                done += moved;
                left -= moved;
                address += moved;
                more = moved == length;
            }
        }
        memory.writeI32((int) args[count], (int) done);
    }

    /** What was moved before a failure counts, and the failure comes again. */
    private static int moved(Part part, int address, int length, long done) {
        try {
            return part.move(address, length, done);
        } catch (LinuxException e) {
            if (done == 0) {
                throw e;
            }
            return 0;
        }
    }

    /** From a stream there may be no more for a long time. */
    private static void firstOnly(Memory memory, long[] args, int count, Part part) {
        for (int i = 0; i < vectors(args); i++) {
            int vector = (int) args[1] + i * VECTOR;
            long length = Integer.toUnsignedLong(memory.readInt(vector + LENGTH));
            if (length > 0) {
                int moved = part.move(memory.readInt(vector), (int) Math.min(length, MOST), 0);
                memory.writeI32((int) args[count], moved);
                return;
            }
        }
        memory.writeI32((int) args[count], 0);
    }

    private static int vectors(long[] args) {
        if ((int) args[2] < 0 || (int) args[2] > MOST_VECTORS) {
            throw new WasiFailure(WasiErrno.INVALID);
        }
        return (int) args[2];
    }
}
