// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What runs the guests of a pod. Guests of one worker have the same. */
enum Engine {
    /**
     * Embedded: the worker's own JVM runs what it compiles, and guests' memories are on its heap.
     */
    ENDIVE(128),
    /** A library that the user brings; guests' memories are beside the heap. */
    WASMTIME(128);

    private final long floor;

    Engine(int mebibytes) {
        this.floor = (long) mebibytes << 20;
    }

    /**
     * What a worker with it takes besides the memories of guests, in bytes: measured, docs/wasm.md
     * has the figures.
     */
    long floor() {
        return floor;
    }

    /** The name that a runtime handler asks for it by. */
    String handler() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one that a runtime handler asks for by its name; other handlers leave it open. */
    static Optional<Engine> of(String handler) {
        return Arrays.stream(values()).filter(it -> it.handler().equals(handler)).findAny();
    }
}
