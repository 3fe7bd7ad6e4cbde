// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What runs the guests of a pod. Guests of one worker have the same. */
enum Engine {
    /** Embedded: the worker's own JVM runs what it compiles. */
    ENDIVE,
    /** A library that the user brings. */
    WASMTIME;

    /** The name that a runtime handler asks for it by. */
    String handler() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one that a runtime handler asks for by its name; other handlers leave it open. */
    static Optional<Engine> of(String handler) {
        return Arrays.stream(values()).filter(it -> it.handler().equals(handler)).findAny();
    }
}
