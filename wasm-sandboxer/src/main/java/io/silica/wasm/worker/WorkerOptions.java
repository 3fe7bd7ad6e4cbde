// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a worker is told on its command line, each {@code --name=value}. Written by the daemon and
 * read once per process, in the start path of the first container: no library for it.
 *
 * @param idleExit how long it stays without guests and connections
 * @param moduleLimit the most bytes that a module may have
 * @param moduleCache bytes of module binaries whose compiled form is kept
 * @param claimTime how long descriptors are kept that nobody claims, and output streams of guests
 *     that are to be made anew
 * @param wasmtime the library of Wasmtime, if that is its engine; else it is the embedded one
 */
public record WorkerOptions(
        Duration idleExit,
        long moduleLimit,
        long moduleCache,
        Duration claimTime,
        Optional<Path> wasmtime) {
    private static final String IDLE_EXIT = "--idle-exit=";
    private static final String MODULE_LIMIT = "--module-limit=";
    private static final String MODULE_CACHE = "--module-cache=";
    private static final String CLAIM_TIME = "--claim-time=";
    private static final String WASMTIME = "--wasmtime=";

    /** What holds for what is not said. */
    public static final WorkerOptions DEFAULTS =
            new WorkerOptions(Duration.ofMinutes(5), 64L << 20, 128L << 20, Duration.ofSeconds(30));

    /** Those of a worker with the embedded engine. */
    public WorkerOptions(
            Duration idleExit, long moduleLimit, long moduleCache, Duration claimTime) {
        this(idleExit, moduleLimit, moduleCache, claimTime, Optional.empty());
    }

    /** The same with Wasmtime for its engine. */
    public WorkerOptions withWasmtime(Path library) {
        return new WorkerOptions(
                idleExit, moduleLimit, moduleCache, claimTime, Optional.of(library));
    }

    /** The command line that {@link #parse} reads back. */
    public List<String> arguments() {
        var arguments = new ArrayList<String>();
        arguments.add(IDLE_EXIT + idleExit);
        arguments.add(MODULE_LIMIT + moduleLimit);
        arguments.add(MODULE_CACHE + moduleCache);
        arguments.add(CLAIM_TIME + claimTime);
        wasmtime.ifPresent(library -> arguments.add(WASMTIME + library));
        return List.copyOf(arguments);
    }

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException naming the argument that makes no sense
     */
    static WorkerOptions parse(String... arguments) {
        var options = DEFAULTS;
        for (var argument : arguments) {
            try {
                options = options.with(argument);
            } catch (NumberFormatException | DateTimeParseException e) {
                throw new IllegalArgumentException("argument " + argument + " is malformed", e);
            }
        }
        return options;
    }

    private WorkerOptions with(String argument) {
        var value = argument.substring(argument.indexOf('=') + 1);
        return switch (argument.substring(0, argument.length() - value.length())) {
            case IDLE_EXIT ->
                    new WorkerOptions(
                            Duration.parse(value), moduleLimit, moduleCache, claimTime, wasmtime);
            case MODULE_LIMIT ->
                    new WorkerOptions(
                            idleExit, Long.parseLong(value), moduleCache, claimTime, wasmtime);
            case MODULE_CACHE ->
                    new WorkerOptions(
                            idleExit, moduleLimit, Long.parseLong(value), claimTime, wasmtime);
            case CLAIM_TIME ->
                    new WorkerOptions(
                            idleExit, moduleLimit, moduleCache, Duration.parse(value), wasmtime);
            case WASMTIME -> withWasmtime(Path.of(value));
            default -> throw new IllegalArgumentException("argument " + argument + " is not known");
        };
    }
}
