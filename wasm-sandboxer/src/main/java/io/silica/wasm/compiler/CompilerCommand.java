// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import io.silica.wasm.confinement.Confinement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How a compiler is started: as a worker is, with less.
 *
 * @param program absolute
 * @param arguments all of them
 * @param environment all of it
 * @param confinement what it can see, which is a worker's Java and the engine's library
 * @param moduleLimit the most bytes that a module may have
 */
public record CompilerCommand(
        Path program,
        List<String> arguments,
        Map<String, String> environment,
        Confinement confinement,
        long moduleLimit) {
    /** Its main class. */
    public static final String MAIN = "io.silica.wasm.compiler.CompilerMain";

    /**
     * What its JVM is told besides what a worker's is. The work is done by the engine's library,
     * the JVM only holds it; so it is small, for its addresses are limited. Nobody wants to read in
     * a daemon's log how a library's fault looks from inside.
     */
    public static final List<String> FLAGS =
            List.of(
                    "-Xms4m",
                    "-Xmx16m",
                    "-XX:ActiveProcessorCount=1",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:ReservedCodeCacheSize=8m",
                    "-XX:CompressedClassSpaceSize=16m",
                    "-XX:+SuppressFatalErrorMessage");

    /** Addresses that such a JVM and the library take before there is a module; measured. */
    static final long OWN_ADDRESSES = 512L << 20;

    public CompilerCommand {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }
}
