// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.sandbox.SandboxException;
import io.silica.wasm.engine.ModuleException;
import io.silica.wasm.engine.WasmEngine;
import io.silica.wasm.engine.WasmModule;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Reads and compiles modules on few platform threads of its own: a compilation takes seconds of
 * CPU, and a file may be on a file system that never answers.
 */
final class ModuleCompiler implements AutoCloseable {
    private static final int THREADS = 2;
    private static final long IDLE_SECONDS = 10;
    private static final int CHUNK = 64 << 10;

    private final WasmEngine engine;
    private final long moduleLimit;
    private final ThreadPoolExecutor threads;

    ModuleCompiler(WasmEngine engine, long moduleLimit) {
        this.engine = engine;
        this.moduleLimit = moduleLimit;
        var factory =
                Thread.ofPlatform()
                        .name("wasm-compiler-", 1)
                        .daemon()
                        .stackSize(GuestThreads.STACK_BYTES)
                        .factory();
        this.threads =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        factory);
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Compiles what is in a file.
     *
     * @param file open for reading, at its beginning
     * @throws ModuleException if it is no module that can be run
     */
    WasmModule compile(Descriptor file) {
        try {
            return threads.submit(() -> engine.compile(read(file))).get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a module was compiled");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ModuleException refused) {
                throw refused;
            }
            throw new SandboxException.Failed("cannot compile a module: " + e.getCause(), e);
        }
    }

    /** No more than shows that it is too large. */
    private byte[] read(Descriptor file) {
        var bytes = new ByteArrayOutputStream();
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(CHUNK);
            int count = file.read(buffer, 0, CHUNK);
            while (count > 0 && bytes.size() <= moduleLimit) {
                bytes.writeBytes(copy(buffer, count));
                count = file.read(buffer, 0, CHUNK);
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
        threads.shutdownNow();
    }
}
