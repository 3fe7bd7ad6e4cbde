// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import io.silica.linux.NativeLibrary;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Collections;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the library calls, each on the thread of the guest that it is about. What a guest makes fail
 * is not thrown from here, which would end the process, but told to the library.
 */
final class Callbacks {
    /** {@code wasmtime_new_memory_callback_t}. */
    static final long NEW_MEMORY = stub("newMemory", 7);

    /** {@code wasmtime_memory_get_callback_t}. */
    static final long GET_MEMORY = stub("getMemory", 3);

    /** {@code wasmtime_memory_grow_callback_t}. */
    static final long GROW_MEMORY = stub("growMemory", 2);

    /** {@code wasmtime_func_unchecked_callback_t}: the environment is the function's number. */
    static final long FUNCTION = stub("function", 4);

    /** What is called at the deadline of a store. */
    static final long DEADLINE = stub("deadline", 4);

    private static final ThreadLocal<@Nullable WasmtimeInstance> GUEST = new ThreadLocal<>();

    private Callbacks() {}

    /** Runs something on this thread whose callbacks are a guest's. */
    static <R> R of(WasmtimeInstance guest, Supplier<R> action) {
        GUEST.set(guest);
        try {
            return action.get();
        } finally {
            GUEST.remove();
        }
    }

    private static long stub(String method, int parameters) {
        var type =
                MethodType.methodType(
                        long.class, Collections.nCopies(parameters, (Class<?>) long.class));
        try {
            return NativeLibrary.callback(
                    MethodHandles.lookup().findStatic(Callbacks.class, method, type));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static WasmtimeInstance guest() {
        var guest = GUEST.get();
        if (guest == null) {
            throw new IllegalStateException("the library calls on a thread that has no guest");
        }
        return guest;
    }

    static long newMemory(
            long env,
            long type,
            long minimum,
            long maximum,
            long reserved,
            long guard,
            long result) {
        var guest = guest();
        try {
            return guest.newMemory(minimum, reserved + guard, result);
        } catch (Throwable e) {
            return guest.error(e);
        }
    }

    /** It could tell of no failure, and has none. */
    static long getMemory(long env, long size, long capacity) {
        return guest().memoryAddress(size, capacity);
    }

    static long growMemory(long env, long size) {
        var guest = guest();
        try {
            return guest.growMemory(size);
        } catch (Throwable e) {
            return guest.error(e);
        }
    }

    static long function(long number, long caller, long values, long count) {
        var guest = guest();
        try {
            guest.call((int) number, values, (int) count);
            return 0;
        } catch (Throwable e) {
            return guest.trap(e);
        }
    }

    static long deadline(long context, long data, long delta, long kind) {
        var guest = guest();
        try {
            return guest.deadline(delta);
        } catch (Throwable e) {
            return guest.error(e);
        }
    }
}
