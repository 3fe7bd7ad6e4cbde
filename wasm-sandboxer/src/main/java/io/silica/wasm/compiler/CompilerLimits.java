// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import java.time.Duration;

/**
 * What compiling may take.
 *
 * @param time for one module, from the start of its process
 * @param memory bytes that one module's process may use for it
 * @param processes how many there are at a time
 * @param disk bytes of compiled modules that are kept on disk
 */
public record CompilerLimits(Duration time, long memory, int processes, long disk) {
    /** What holds for what is not said. */
    public static final CompilerLimits DEFAULTS =
            new CompilerLimits(Duration.ofSeconds(30), 512L << 20, 2, 256L << 20);

    /** The most bytes that a compiled module may have: it is in memory twice when it is written. */
    long largest() {
        return memory / 2;
    }
}
