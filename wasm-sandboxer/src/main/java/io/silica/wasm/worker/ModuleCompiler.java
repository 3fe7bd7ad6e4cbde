// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFile;
import io.silica.sandbox.SandboxException;
import io.silica.wasm.compiler.CompiledFile;
import io.silica.wasm.engine.CachingEngine;
import io.silica.wasm.engine.ModuleDigest;
import io.silica.wasm.engine.ModuleException;
import io.silica.wasm.engine.ModuleLayout;
import io.silica.wasm.engine.WasmModule;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads modules, and compiles them or loads them compiled, on few platform threads of its own: a
 * compilation takes seconds of CPU, and a file may be on a file system that never answers. A pod
 * has one of them at a time, and a module that is in memory waits for no other pod's.
 */
final class ModuleCompiler implements AutoCloseable {
    private static final int THREADS = 2;
    private static final long IDLE_SECONDS = 10;
    private static final int CHUNK = 64 << 10;

    /** For all that a request takes: who asks gives up a little later. */
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    private final CachingEngine engine;
    private final long moduleLimit;
    private final Duration patience;
    private final PodTurns turns = new PodTurns();
    private final ThreadPoolExecutor readers = threads("wasm-reader-");
    private final ThreadPoolExecutor compilers = threads("wasm-compiler-");

    ModuleCompiler(CachingEngine engine, long moduleLimit) {
        this(engine, moduleLimit, PATIENCE);
    }

    /** The same with less patience for what takes long. */
    ModuleCompiler(CachingEngine engine, long moduleLimit, Duration patience) {
        this.engine = engine;
        this.moduleLimit = moduleLimit;
        this.patience = patience;
    }

    private static ThreadPoolExecutor threads(String name) {
        var threads =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform()
                                .name(name, 1)
                                .daemon()
                                .stackSize(GuestThreads.STACK_BYTES)
                                .factory());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /**
     * Compiles what is in a file, unless it is in memory.
     *
     * @param pod whose it is
     * @param file open for reading
     * @throws ModuleException if it is no module that can be run
     * @throws SandboxException.TimedOut if it takes too long
     */
    WasmModule compile(String pod, Descriptor file) {
        long end = end();
        try (var turn = turns.await(pod, left(end))) {
            // Read twice rather than kept: many may wait.
            var kept = call(turn, readers, end, () -> engine.kept(ModuleDigest.of(read(file))));
            return kept.isPresent()
                    ? kept.get()
                    : call(turn, compilers, end, () -> engine.compile(read(file)));
        }
    }

    /**
     * Takes what is in a file from memory, or else as the daemon has had it compiled.
     *
     * @param pod and file as {@link #compile} takes them
     * @param compiled a {@link CompiledFile}, if it has come
     * @throws ModuleException as {@link #compile}
     * @throws SandboxException.NotFound if it has not come in a form that can be used
     */
    WasmModule take(String pod, Descriptor file, Optional<Descriptor> compiled) {
        long end = end();
        try (var turn = turns.await(pod, left(end))) {
            return call(turn, readers, end, () -> taken(file, compiled));
        }
    }

    private long end() {
        return System.nanoTime() + patience.toNanos();
    }

    private static long left(long end) {
        return Math.max(0, end - System.nanoTime());
    }

    /** How many wait for others of their pod. */
    int waiting(String pod) {
        return turns.waiting(pod);
    }

    /** How many wait to be compiled beside those that are. */
    int queued() {
        return compilers.getQueue().size();
    }

    private WasmModule taken(Descriptor file, Optional<Descriptor> compiled) {
        var binary = read(file);
        var digest = ModuleDigest.of(binary);
        var kept = engine.kept(digest);
        return kept.isPresent() ? kept.get() : loaded(binary, digest, compiled);
    }

    private WasmModule loaded(byte[] binary, ModuleDigest digest, Optional<Descriptor> compiled) {
        ModuleLayout.check(binary, moduleLimit);
        var file = compiled.orElseThrow(() -> absent("is not there"));
        var form = CompiledFile.of(file).orElseThrow(() -> absent("is none"));
        if (!form.module().equals(digest)) {
            throw new ModuleException.Invalid("it was changed while it was compiled");
        }
        // Whoever else wants it may be the one that loads it.
        try (var arena = Arena.ofShared()) {
            return engine.load(
                    digest, binary, form.read(file, arena).orElseThrow(() -> absent("is cut off")));
        } catch (ModuleException.Foreign e) {
            throw absent("can't be used here: " + e.getMessage());
        }
    }

    private static SandboxException absent(String what) {
        return new SandboxException.NotFound("the compiled form of its module " + what);
    }

    /** What has begun goes on when nobody waits for it any more, and has the turn until it ends. */
    private <T> T call(PodTurns.Turn turn, ThreadPoolExecutor threads, long end, Callable<T> work) {
        var answer =
                new FutureTask<T>(() -> {
                    try (turn) {
                        return work.call();
                    }
                });
        turn.hold();
        threads.execute(answer);
        try {
            return result(answer, left(end));
        } catch (SandboxException e) {
            if (threads.remove(answer)) {
                // It has not begun, and never will.
                turn.close();
            }
            throw e;
        }
    }

    private <T> T result(Future<T> answer, long nanos) {
        try {
            return answer.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            throw new SandboxException.TimedOut(
                    "compiling a module, or waiting for those before it, takes longer than %d s"
                            .formatted(patience.toSeconds()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a module was compiled");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ModuleException refused) {
                throw refused;
            }
            if (e.getCause() instanceof SandboxException known) {
                throw known;
            }
            throw new SandboxException.Failed("cannot compile a module: " + e.getCause(), e);
        }
    }

    /** No more than shows that it is too large. */
    private byte[] read(Descriptor file) {
        var bytes = new ByteArrayOutputStream();
        try (var arena = Arena.ofConfined()) {
            var from = new OpenFile(file);
            var buffer = arena.allocate(CHUNK);
            int count = from.readAt(buffer, CHUNK, 0);
            while (count > 0 && bytes.size() <= moduleLimit) {
                bytes.writeBytes(copy(buffer, count));
                count = from.readAt(buffer, CHUNK, bytes.size());
            }
        } catch (LinuxException e) {
            throw new ModuleException.NotWasm("it can't be read: " + e.getMessage());
        }
        return bytes.toByteArray();
    }

    private static byte[] copy(MemorySegment buffer, int count) {
        return buffer.asSlice(0, count).toArray(JAVA_BYTE);
    }

    @Override
    public void close() {
        readers.shutdownNow();
        compilers.shutdownNow();
    }
}
