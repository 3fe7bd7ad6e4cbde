// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/** The functions of WASI that have to do with neither files nor words: clocks, chance, the end. */
final class SystemFunctions {
    /** Values of {@code clockid}. */
    private static final int REALTIME = 0;

    private static final int MONOTONIC = 1;
    private static final int PROCESS = 2;
    private static final int THREAD = 3;

    /** A guest that wants more gets it in parts of this size. */
    private static final int RANDOM_PART = 64 << 10;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final InstantSource clock;

    SystemFunctions(InstantSource clock) {
        this.clock = clock;
    }

    Map<String, WasiFunction> functions() {
        return Map.ofEntries(
                Map.entry("clock_res_get", SystemFunctions::resolution),
                Map.entry("clock_time_get", this::time),
                Map.entry("proc_exit", SystemFunctions::exit),
                Map.entry("proc_raise", SystemFunctions::refuse),
                Map.entry("random_get", SystemFunctions::random),
                Map.entry("sched_yield", (_, _) -> {}));
    }

    /** {@code (id, resolution)}. */
    private static void resolution(Memory memory, long[] args) {
        requireClock((int) args[0]);
        memory.writeLong((int) args[1], 1);
    }

    /** {@code (id, precision, time)}. */
    private void time(Memory memory, long[] args) {
        memory.writeLong((int) args[2], nanos((int) args[0]));
    }

    private long nanos(int id) {
        requireClock(id);
        return switch (id) {
            case REALTIME -> {
                var now = clock.instant();
                yield Duration.ofSeconds(now.getEpochSecond(), now.getNano()).toNanos();
            }
            case MONOTONIC -> System.nanoTime();
            // A guest is one thread, so that its process's time is the same.
            default -> Threads.BEAN.getCurrentThreadCpuTime();
        };
    }

    /** Few guests ask how much time they have used, and what answers that takes time to load. */
    private static final class Threads {
        private static final ThreadMXBean BEAN = ManagementFactory.getThreadMXBean();
    }

    private static void requireClock(int id) {
        switch (id) {
            case REALTIME, MONOTONIC, PROCESS, THREAD -> {}
            default -> throw new WasiFailure(WasiErrno.INVALID);
        }
    }

    /** {@code (code)}. */
    private static void exit(Memory memory, long[] args) {
        throw new GuestExitException((int) args[0]);
    }

    private static void refuse(Memory memory, long[] args) {
        throw new WasiFailure(WasiErrno.NOT_SUPPORTED);
    }

    /** {@code (buf, buf_len)}. */
    private static void random(Memory memory, long[] args) {
        int at = (int) args[0];
        long left = Integer.toUnsignedLong((int) args[1]);
        while (left > 0) {
            GuestInterruptedException.check();
            var part = new byte[(int) Math.min(left, RANDOM_PART)];
            RANDOM.nextBytes(part);
            memory.write(at, part);
            at += part.length;
            left -= part.length;
        }
    }
}
