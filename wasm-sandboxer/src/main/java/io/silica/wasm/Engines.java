// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.wasm.compiler.CompilerLimits;
import io.silica.wasm.engine.wasmtime.LibraryFile;
import java.io.IOException;
import java.util.Optional;

/**
 * Which engines there are, and which of them a pod gets.
 *
 * @param usual that of pods whose runtime handler names none
 * @param wasmtime the library of Wasmtime, if the user has named one
 * @param compiler what compiling for it may take
 */
record Engines(Engine usual, Optional<LibraryFile> wasmtime, CompilerLimits compiler) {
    /** The embedded one alone. */
    static final Engines EMBEDDED = new Engines(Engine.ENDIVE, Optional.empty());

    private static final String UNNAMED = "wasm.wasmtime-library does not name the library";

    Engines(Engine usual, Optional<LibraryFile> wasmtime) {
        this(usual, wasmtime, CompilerLimits.DEFAULTS);
    }

    /** What a runtime handler gets. */
    Engine of(String handler) {
        return Engine.of(handler).orElse(usual);
    }

    /** Why no pod can have an engine; empty if pods can. */
    Optional<String> problem(Engine engine) {
        return switch (engine) {
            case ENDIVE -> Optional.empty();
            case WASMTIME ->
                    wasmtime.isEmpty()
                            ? Optional.of(UNNAMED)
                            : wasmtime.get().problem().map(it -> "wasm.wasmtime-library: " + it);
        };
    }

    /**
     * Refuses a pod that asks for an engine which there is not.
     *
     * @param host for reading a library that is new
     * @throws SandboxException.Unavailable saying what is missing
     */
    void require(SandboxId id, Engine engine, HostCalls host) {
        var problem =
                engine == Engine.ENDIVE
                        ? Optional.<String>empty()
                        : host.call(
                                "look for the engine " + engine.handler(),
                                () -> problem(engine),
                                _ -> {});
        problem.ifPresent(why -> {
            throw new SandboxException.Unavailable(
                    "sandbox \"%s\" is for the engine %s, which there is not: %s"
                            .formatted(id, engine.handler(), why));
        });
    }

    /** Which build of the engine that has a library modules are compiled by. Reads it. */
    String compiling() throws IOException {
        var library = wasmtime.orElseThrow(() -> new IOException(UNNAMED));
        return Engine.WASMTIME.handler() + " " + library.digest();
    }

    /**
     * Which build of an engine a worker has that is started now; empty if it has no library, or
     * that can't be read. Reads it.
     */
    Optional<String> build(Engine engine) {
        try {
            return engine == Engine.ENDIVE ? Optional.empty() : Optional.of(compiling());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /**
     * How a worker with an engine is started.
     *
     * @throws SandboxException.Unavailable if there is no such engine any more
     */
    WorkerCommand command(WorkerCommand usual, Engine engine) {
        return switch (engine) {
            case ENDIVE -> usual;
            case WASMTIME -> {
                var library =
                        wasmtime.orElseThrow(() ->
                                new SandboxException.Unavailable(
                                        "cannot start a worker with the engine wasmtime: "
                                                + UNNAMED));
                yield usual.with(usual.options().withWasmtime(library.path()));
            }
        };
    }
}
