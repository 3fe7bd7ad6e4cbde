// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Compiles each module once and keeps what was used last, by digest, in memory. Threads that ask
 * for a module that another one is compiling wait for it; a failure is not kept.
 */
public final class CachingEngine implements WasmEngine {
    private final WasmEngine engine;
    private final long capacity;
    private final Map<ModuleDigest, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long size;

    private record Entry(FutureTask<WasmModule> compilation, int size) {}

    /**
     * @param engine what compiles
     * @param capacity bytes of module binaries to keep: the modules in use stay alive beyond it
     */
    public CachingEngine(WasmEngine engine, long capacity) {
        this.engine = engine;
        this.capacity = capacity;
    }

    @Override
    public String name() {
        return engine.name();
    }

    @Override
    public WasmModule compile(byte[] binary) {
        var digest = ModuleDigest.of(binary);
        var entry = entry(digest, binary);
        entry.compilation.run();
        try {
            return result(entry.compilation);
        } catch (RuntimeException | Error e) {
            forget(digest, entry);
            throw e;
        }
    }

    @Override
    public WasmInstance instantiate(WasmModule module, WasiConfig config) {
        return engine.instantiate(module, config);
    }

    private synchronized Entry entry(ModuleDigest digest, byte[] binary) {
        var present = entries.get(digest);
        if (present != null) {
            return present;
        }
        var entry = new Entry(new FutureTask<>(() -> engine.compile(binary)), binary.length);
        entries.put(digest, entry);
        size += entry.size;
        evict();
        return entry;
    }

    /** The eldest go first; the newest stays even where it alone is too much. */
    private void evict() {
        var eldest = entries.values().iterator();
        while (size > capacity && entries.size() > 1) {
            size -= eldest.next().size;
            eldest.remove();
        }
    }

    private synchronized void forget(ModuleDigest digest, Entry entry) {
        if (entries.remove(digest, entry)) {
            size -= entry.size;
        }
    }

    private static WasmModule result(FutureTask<WasmModule> compilation) {
        try {
            return compilation.get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while a module was compiled");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException known -> throw known;
                case Error known -> throw known;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }
}
