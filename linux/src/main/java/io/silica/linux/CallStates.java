// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The few words of memory that a call leaves its errno in, lent to one call at a time.
 *
 * <p>Not a thread-local, which each of many thousand virtual threads would fill. A thread that
 * finds its place empty, because another one with the same remainder is in a call, gets fresh
 * memory.
 */
final class CallStates {
    /** More than the threads that are in short calls at once; a power of two. */
    private static final int PLACES = 64;

    private final MemoryLayout layout;
    private final AtomicReferenceArray<MemorySegment> places = new AtomicReferenceArray<>(PLACES);

    CallStates(MemoryLayout layout) {
        this.layout = layout;
    }

    MemorySegment take() {
        var state = places.getAndSet(place(), null);
        return state == null ? Arena.ofAuto().allocate(layout) : state;
    }

    void give(MemorySegment state) {
        places.lazySet(place(), state);
    }

    private static int place() {
        return (int) Thread.currentThread().threadId() & (PLACES - 1);
    }
}
