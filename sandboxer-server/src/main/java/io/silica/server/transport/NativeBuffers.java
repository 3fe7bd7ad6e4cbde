// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Native memory to send from, used again and again: as many buffers as there are threads that send
 * at the same time. Thread safe.
 */
final class NativeBuffers {
    private final Arena arena;
    private final int bytes;
    private final Queue<MemorySegment> free = new ConcurrentLinkedQueue<>();

    NativeBuffers(Arena arena, int bytes) {
        this.arena = arena;
        this.bytes = bytes;
    }

    /** How long each buffer is. */
    int bytes() {
        return bytes;
    }

    MemorySegment take() {
        var buffer = free.poll();
        return buffer != null ? buffer : arena.allocate(bytes);
    }

    void give(MemorySegment buffer) {
        free.add(buffer);
    }
}
