// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import java.util.function.IntPredicate;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.HostFunction;
import run.endive.runtime.Memory;
import run.endive.wasi.WasiPreview1;
import run.endive.wasm.types.MemoryLimits;

/**
 * Keeps what the host allocates for a read small. Endive allocates the length that the guest names,
 * before it looks whether the guest has a buffer of that length: one call could take the heap that
 * all guests share. A guest that asks for more gets less, as it may from any read.
 */
final class BoundedReads {
    /** The most bytes that are allocated at once. */
    static final int MOST = 64 << 10;

    /** A vector is the address and the length of a buffer. */
    private static final int VECTOR = 8;

    private static final int LENGTH = 4;

    /** Where in a memory of ours the count of the bytes read is, and where they are. */
    private static final int COUNT = 8;

    private static final int BYTES = Memory.PAGE_SIZE;
    private static final MemoryLimits OURS = new MemoryLimits(2, 2);

    private final WasiPreview1 functions;

    BoundedReads(WasiPreview1 functions) {
        this.functions = functions;
    }

    /** A read into the buffers of a memory, with its errno as the result. */
    private interface Read {
        int apply(Memory memory, int vectors, int vectorCount, int count);
    }

    /** The function, made to read no more than it should. */
    HostFunction guard(HostFunction function) {
        return switch (function.name()) {
            case "fd_read" -> with(function, this::read);
            case "fd_pread" -> with(function, this::readAt);
            default -> function;
        };
    }

    private interface Call {
        int apply(Memory memory, long[] args);
    }

    private static HostFunction with(HostFunction function, Call call) {
        return new HostFunction(
                function.module(),
                function.name(),
                function.functionType(),
                (instance, args) -> new long[] {call.apply(instance.memory(), args)});
    }

    /** {@code fd_read(fd, vectors, vector_count, count)}. */
    private int read(Memory guest, long[] args) {
        return bounded(
                guest,
                (int) args[1],
                (int) args[2],
                (int) args[3],
                (memory, vectors, vectorCount, count) ->
                        functions.fdRead(memory, (int) args[0], vectors, vectorCount, count));
    }

    /** {@code fd_pread(fd, vectors, vector_count, offset, count)}. */
    private int readAt(Memory guest, long[] args) {
        return bounded(
                guest,
                (int) args[1],
                (int) args[2],
                (int) args[4],
                (memory, vectors, vectorCount, count) ->
                        functions.fdPread(
                                memory, (int) args[0], vectors, vectorCount, args[3], count));
    }

    private static int bounded(Memory guest, int vectors, int vectorCount, int count, Read read) {
        int first = first(guest, vectors, vectorCount, length -> length != 0);
        int large = first(guest, vectors, vectorCount, length -> length > MOST);
        return first == large && large < vectorCount
                ? byOurMemory(guest, guest.readInt(vectors + large * VECTOR), count, read)
                : read.apply(guest, vectors, large, count);
    }

    /** The first vector with such a length, or the number of vectors if there is none. */
    private static int first(Memory guest, int vectors, int vectorCount, IntPredicate length) {
        int i = 0;
        while (i < vectorCount && !length.test(guest.readInt(vectors + i * VECTOR + LENGTH))) {
            i++;
        }
        return i;
    }

    private static int byOurMemory(Memory guest, int buffer, int count, Read read) {
        var ours = new ByteArrayMemory(OURS);
        ours.writeI32(0, BYTES);
        ours.writeI32(LENGTH, MOST);
        int errno = read.apply(ours, 0, 1, COUNT);
        if (errno == 0) {
            guest.write(buffer, ours.readBytes(BYTES, ours.readInt(COUNT)));
            guest.writeI32(count, ours.readInt(COUNT));
        }
        return errno;
    }
}
