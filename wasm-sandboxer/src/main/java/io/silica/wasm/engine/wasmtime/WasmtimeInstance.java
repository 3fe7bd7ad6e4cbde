// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONTEXT_SET_EPOCH_DEADLINE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_ERROR_NEW;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_EXTERN_DELETE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_FUNC_CALL;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_INSTANCE_EXPORT_GET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_INSTANCE_PRE_INSTANTIATE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_STORE_CONTEXT;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_STORE_DELETE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_STORE_EPOCH_DEADLINE_CALLBACK;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_STORE_LIMITER;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_STORE_NEW;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_TRAP_NEW;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.silica.linux.LinuxException;
import io.silica.wasm.engine.GuestExit;
import io.silica.wasm.engine.SingleRun;
import io.silica.wasm.engine.WasiConfig;
import io.silica.wasm.engine.WasmInstance;
import io.silica.wasm.engine.wasi.GuestExitException;
import io.silica.wasm.engine.wasi.GuestWasi;
import io.silica.wasm.engine.wasi.WasiFunction;
import io.silica.wasm.engine.wasi.WasiSignatures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One run of a module on Wasmtime, in a store of its own. */
final class WasmtimeInstance implements WasmInstance {
    private static final MemorySegment ENDED = Arena.global().allocateFrom("ended by its host");
    private static final int NO_LIMIT = -1;

    /** {@code wasmtime_instance_t}, {@code wasmtime_extern_t} and where its function is. */
    private static final int INSTANCE = 16;

    private static final int EXTERN = 32;
    private static final int FUNCTION = 8;

    /** A {@code wasmtime_val_raw_t}. */
    private static final int VALUE = 16;

    /** Fields of {@code wasmtime_linear_memory_t}; the environment and the finalizer are none. */
    private static final int MEMORY = 32;

    private static final int GET = 8;
    private static final int GROW = 16;

    /** Any page. */
    private static final long SMALLEST = 65536;

    private static final long AGAIN_MILLIS = 5;

    private final WasmtimeEngine engine;
    private final Libwasmtime library;
    private final WasmtimeModule module;
    private final WasiConfig config;
    private final WasiFunction[] functions = new WasiFunction[WasiSignatures.parameters().size()];
    private @Nullable GuestMemory memory;

    /** Why a callback ended the guest. */
    private @Nullable Throwable end;

    private final SingleRun run = new SingleRun();

    WasmtimeInstance(WasmtimeEngine engine, WasmtimeModule module, WasiConfig config) {
        this.engine = engine;
        this.library = engine.library();
        this.module = module;
        this.config = config;
    }

    @Override
    public GuestExit run() {
        run.enter();
        try (var wasi = new GuestWasi(config, run::isInterrupted)) {
            if (run.isInterrupted()) {
                return new GuestExit.Interrupted();
            }
            if (!config.memory().take(module.minimumMemory())) {
                return new GuestExit.Trapped(
                        "the worker has no more memory for guests", List.of(), true);
            }
            int number = 0;
            for (var name : WasiSignatures.parameters().keySet()) {
                functions[number++] = Objects.requireNonNull(wasi.functions().get(name));
            }
            return Callbacks.of(this, this::execute);
        } finally {
            config.memory().release();
            run.leave();
        }
    }

    /** The memory goes after the store, which has it. */
    private GuestExit execute() {
        long store = library.call(WASMTIME_STORE_NEW, engine.address(), 0, 0);
        try (var arena = Arena.ofConfined()) {
            return execute(store, arena);
        } finally {
            library.call(WASMTIME_STORE_DELETE, store);
            if (memory != null) {
                memory.close();
            }
        }
    }

    private GuestExit execute(long store, Arena arena) {
        long context = library.call(WASMTIME_STORE_CONTEXT, store);
        library.call(
                WASMTIME_STORE_LIMITER,
                store,
                NO_LIMIT,
                module.room().tableLimit(),
                NO_LIMIT,
                NO_LIMIT,
                1);
        library.call(WASMTIME_STORE_EPOCH_DEADLINE_CALLBACK, store, Callbacks.DEADLINE, 0, 0);
        library.call(WASMTIME_CONTEXT_SET_EPOCH_DEADLINE, context, 1);
        // From here on an interrupt finds the deadline; one that came before did not.
        if (run.isInterrupted()) {
            return new GuestExit.Interrupted();
        }
        var trap = Native.pointer(arena);
        var instance = arena.allocate(INSTANCE, Long.BYTES);
        long error =
                library.call(
                        WASMTIME_INSTANCE_PRE_INSTANTIATE,
                        module.linked(),
                        context,
                        instance.address(),
                        trap.address());
        if (error == 0 && trap.get(JAVA_LONG, 0) == 0) {
            error = start(context, instance, trap, arena);
        }
        return exit(error, trap.get(JAVA_LONG, 0));
    }

    private long start(long context, MemorySegment instance, MemorySegment trap, Arena arena) {
        var name = arena.allocateFrom(WasmtimeEngine.ENTRY_POINT);
        var export = arena.allocate(EXTERN, Long.BYTES);
        if (!library.test(
                WASMTIME_INSTANCE_EXPORT_GET,
                context,
                instance.address(),
                name.address(),
                WasmtimeEngine.ENTRY_POINT.length(),
                export.address())) {
            throw new IllegalStateException("a module with an entry point has none");
        }
        long error =
                library.call(
                        WASMTIME_FUNC_CALL,
                        context,
                        export.address() + FUNCTION,
                        0,
                        0,
                        0,
                        0,
                        trap.address());
        library.call(WASMTIME_EXTERN_DELETE, export.address());
        return error;
    }

    private GuestExit exit(long error, long trap) {
        if (error == 0 && trap == 0) {
            return new GuestExit.Exited(0);
        }
        var told = trap == 0 ? Trap.ofError(library, error) : Trap.ofTrap(library, trap);
        if (end instanceof GuestExitException exit) {
            return new GuestExit.Exited(exit.code());
        }
        if (run.isInterrupted()) {
            return new GuestExit.Interrupted();
        }
        return new GuestExit.Trapped(
                end == null ? told.message() : message(end),
                told.backtrace(),
                config.memory().wasRefused());
    }

    private static String message(Throwable end) {
        return switch (end) {
            case IndexOutOfBoundsException _ -> "out of bounds memory access";
            case StackOverflowError _ -> "call stack exhausted";
            case OutOfMemoryError _ -> "the worker is out of memory";
            case LinuxException e -> "there is no memory for it: " + e.getMessage();
            default -> end.toString();
        };
    }

    /**
     * Called by the library for the guest's memory, of which there is one at most.
     *
     * @throws LinuxException if there is not so much
     */
    long newMemory(long minimum, long place, long result) {
        try {
            var made = new GuestMemory(minimum, Math.max(place, minimum), config.memory());
            memory = made;
            var description = Native.at(result, MEMORY);
            description.set(JAVA_LONG, GET, Callbacks.GET_MEMORY);
            description.set(JAVA_LONG, GROW, Callbacks.GROW_MEMORY);
            return 0;
        } catch (LinuxException | OutOfMemoryError e) {
            config.memory().failed(0);
            throw e;
        }
    }

    /**
     * Called by the library: where the memory is, how large, and how large in its place. Allocates
     * nothing.
     */
    long memoryAddress(long size, long capacity) {
        var current = Objects.requireNonNull(memory);
        Native.put(size, current.size());
        Native.put(capacity, current.capacity());
        return current.address();
    }

    /** Called by the library when the guest wants more memory: an error is a refusal. */
    long growMemory(long size) {
        return Objects.requireNonNull(memory).grow(size) ? 0 : told(WASMTIME_ERROR_NEW);
    }

    /**
     * Called by the library when the guest calls an imported function: a failure ends the guest.
     */
    void call(int number, long values, int count) {
        var raw = Native.at(values, (long) count * VALUE);
        var parameters = engine.parameters(number);
        var args = new long[parameters.length()];
        for (int i = 0; i < args.length; i++) {
            args[i] =
                    parameters.charAt(i) == WasiSignatures.WIDE
                            ? raw.get(JAVA_LONG, (long) i * VALUE)
                            : raw.get(JAVA_INT, (long) i * VALUE);
        }
        int errno = functions[number].errno(lent(), args);
        raw.set(JAVA_INT, 0, errno);
    }

    /** A guest without a memory has an empty one, where every address is outside. */
    private GuestMemory lent() {
        var lent = memory;
        if (lent == null) {
            lent = new GuestMemory(0, SMALLEST, config.memory());
            memory = lent;
        }
        return lent;
    }

    /** Called by the library at the deadline of the store: an error ends the guest. */
    long deadline(long delta) {
        if (run.isInterrupted()) {
            return told(WASMTIME_ERROR_NEW);
        }
        Native.put(delta, 1);
        return 0;
    }

    /** The error that a callback answers with that has failed. */
    long error(Throwable why) {
        end = why;
        return told(WASMTIME_ERROR_NEW);
    }

    /** The trap that an imported function answers with that has failed. */
    long trap(Throwable why) {
        end = why;
        return told(WASMTIME_TRAP_NEW);
    }

    /**
     * What tells the library of a failure. It must not fail itself: where there is not even the
     * memory for the call, some has to be given back first.
     */
    private long told(Libwasmtime.Call how) {
        while (true) {
            try {
                return library.call(how, ENDED.address(), ENDED.byteSize() - 1);
            } catch (OutOfMemoryError _) {
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void interrupt() {
        if (run.interrupt()) {
            lookUp();
        }
    }

    /**
     * Makes the guest look up again and again until it has left. Once is not enough: one that looks
     * up for the end of another guest, and finds that it is not meant itself, gets its next
     * deadline from the library only then, beyond the epoch of an interrupt that came in between.
     */
    private void lookUp() {
        if (run.isRunning()) {
            engine.incrementEpoch();
            var _ = engine.clock().schedule(this::lookUp, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
