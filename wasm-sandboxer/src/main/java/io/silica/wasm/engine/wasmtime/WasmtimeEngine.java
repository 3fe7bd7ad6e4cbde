// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_ENGINE_INCREMENT_EPOCH;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_INSTANCE_PRE_DELETE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_LINKER_DELETE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_LINKER_INSTANTIATE_PRE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_MODULE_DELETE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_MODULE_DESERIALIZE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_ENGINE_DELETE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.silica.wasm.engine.ModuleDigest;
import io.silica.wasm.engine.ModuleException;
import io.silica.wasm.engine.ModuleLayout;
import io.silica.wasm.engine.WasiConfig;
import io.silica.wasm.engine.WasmEngine;
import io.silica.wasm.engine.WasmInstance;
import io.silica.wasm.engine.WasmModule;
import io.silica.wasm.engine.wasi.WasiSignatures;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/** Wasmtime as an engine. */
public final class WasmtimeEngine implements WasmEngine {
    /** What the configuration and the runtime handler call it. */
    public static final String NAME = "wasmtime";

    static final String ENTRY_POINT = "_start";

    private static final Cleaner CLEANER = Cleaner.create();

    private final Libwasmtime library;
    private final long moduleLimit;
    private final ScheduledExecutorService clock;
    private final long address;
    private final long linker;
    private final List<String> parameters = List.copyOf(WasiSignatures.parameters().values());

    /**
     * Loads the library.
     *
     * @param file the library, by an absolute path
     * @param moduleLimit the most bytes that a module may have
     * @param clock for what is done again until a guest has ended, which never blocks
     * @throws IOException if it can't be used, saying why
     */
    public WasmtimeEngine(Path file, long moduleLimit, ScheduledExecutorService clock)
            throws IOException {
        this.library = Libwasmtime.load(file);
        this.moduleLimit = moduleLimit;
        this.clock = clock;
        this.address = EngineSettings.engine(library);
        this.linker = WasiLinker.of(library, address);
        var freed = new Freed(library, address, linker);
        CLEANER.register(this, freed::free);
    }

    /** What is freed when nobody holds the engine any more. */
    private record Freed(Libwasmtime library, long engine, long linker) {
        private void free() {
            library.call(WASMTIME_LINKER_DELETE, linker);
            library.call(WASM_ENGINE_DELETE, engine);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    Libwasmtime library() {
        return library;
    }

    /** The library's {@code wasm_engine_t}. */
    long address() {
        return address;
    }

    ScheduledExecutorService clock() {
        return clock;
    }

    /** Those of an imported function: {@link WasiSignatures}. */
    String parameters(int function) {
        return parameters.get(function);
    }

    /** Every guest that runs compiled code looks up soon. */
    void incrementEpoch() {
        library.call(WASMTIME_ENGINE_INCREMENT_EPOCH, address);
    }

    @Override
    public WasmModule compile(byte[] binary) {
        ModuleLayout.check(binary, moduleLimit);
        return made(binary, 0, () -> compiled(binary));
    }

    @Override
    public WasmModule load(byte[] binary, MemorySegment compiled) {
        return made(binary, compiled.byteSize(), () -> deserialized(compiled));
    }

    private WasmModule made(byte[] binary, long size, LongSupplier making) {
        try {
            long module = making.getAsLong();
            try {
                return module(binary, size, module);
            } finally {
                library.call(WASMTIME_MODULE_DELETE, module);
            }
        } catch (ModuleException e) {
            throw e;
        } catch (OutOfMemoryError e) {
            throw new ModuleException.Invalid("there is not the memory to compile it", e);
        } catch (RuntimeException e) {
            throw new ModuleException.Invalid("it is malformed: " + e, e);
        }
    }

    /** What can fail comes before what has to be freed. */
    private WasmtimeModule module(byte[] valid, long size, long module) {
        var types = new ModuleTypes(library, module);
        types.checkImports();
        types.checkEntryPoint();
        var digest = ModuleDigest.of(valid);
        var room = ModuleRoom.of(valid);
        long linked = linked(module);
        var made = new WasmtimeModule(digest, linked, room, size);
        var freed = library;
        CLEANER.register(made, () -> freed.call(WASMTIME_INSTANCE_PRE_DELETE, linked));
        return made;
    }

    private long compiled(byte[] binary) {
        try (var arena = Arena.ofConfined()) {
            return WasmtimeCompiler.compiled(
                    library, address, arena.allocateFrom(JAVA_BYTE, binary));
        }
    }

    /** Preconditions: it is what this library's compiler made, which is not looked at. */
    private long deserialized(MemorySegment compiled) {
        try (var arena = Arena.ofConfined()) {
            var module = Native.pointer(arena);
            long error =
                    library.call(
                            WASMTIME_MODULE_DESERIALIZE,
                            address,
                            compiled.address(),
                            compiled.byteSize(),
                            module.address());
            if (error != 0) {
                throw new ModuleException.Foreign(
                        "it was compiled for another engine: " + Native.message(library, error));
            }
            return module.get(JAVA_LONG, 0);
        }
    }

    /** That all of its names are known has been found out. */
    private long linked(long module) {
        try (var arena = Arena.ofConfined()) {
            var linked = Native.pointer(arena);
            long error =
                    library.call(WASMTIME_LINKER_INSTANTIATE_PRE, linker, module, linked.address());
            if (error != 0) {
                throw new ModuleException.Invalid(
                        "it imports a function with parameters that WASI does not have: "
                                + Native.message(library, error));
            }
            return linked.get(JAVA_LONG, 0);
        }
    }

    @Override
    public WasmInstance instantiate(WasmModule module, WasiConfig config) {
        long limit = config.memory().limit();
        if (module.minimumMemory() > limit) {
            throw new ModuleException.MemoryMinimum(module.minimumMemory(), limit);
        }
        return new WasmtimeInstance(this, (WasmtimeModule) module, config);
    }
}
