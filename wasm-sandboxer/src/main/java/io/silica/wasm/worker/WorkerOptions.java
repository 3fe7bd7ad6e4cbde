// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * What a worker is told on its command line, each {@code --name=value}. Written by the daemon and
 * read once per process, in the start path of the first container: no library for it.
 *
 * @param idleExit how long it stays without guests and connections
 * @param moduleLimit the most bytes that a module may have
 * @param moduleCache bytes of module binaries whose compiled form is kept
 * @param claimTime how long descriptors are kept that nobody claims, and output streams of guests
 *     that are to be made anew
 */
public record WorkerOptions(
        Duration idleExit, long moduleLimit, long moduleCache, Duration claimTime) {
    private static final String IDLE_EXIT = "--idle-exit=";
    private static final String MODULE_LIMIT = "--module-limit=";
    private static final String MODULE_CACHE = "--module-cache=";
    private static final String CLAIM_TIME = "--claim-time=";

    /** What holds for what is not said. */
    public static final WorkerOptions DEFAULTS =
            new WorkerOptions(Duration.ofMinutes(5), 64L << 20, 128L << 20, Duration.ofSeconds(30));

    /** The command line that {@link #parse} reads back. */
    public List<String> arguments() {
        return List.of(
                IDLE_EXIT + idleExit,
                MODULE_LIMIT + moduleLimit,
                MODULE_CACHE + moduleCache,
                CLAIM_TIME + claimTime);
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
                    new WorkerOptions(Duration.parse(value), moduleLimit, moduleCache, claimTime);
            case MODULE_LIMIT ->
                    new WorkerOptions(idleExit, Long.parseLong(value), moduleCache, claimTime);
            case MODULE_CACHE ->
                    new WorkerOptions(idleExit, moduleLimit, Long.parseLong(value), claimTime);
            case CLAIM_TIME ->
                    new WorkerOptions(idleExit, moduleLimit, moduleCache, Duration.parse(value));
            default -> throw new IllegalArgumentException("argument " + argument + " is not known");
        };
    }
}
