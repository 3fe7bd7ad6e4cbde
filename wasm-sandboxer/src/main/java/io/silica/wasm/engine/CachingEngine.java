// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
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

    private static final class Entry {
        private final FutureTask<WasmModule> compilation;
        private long size;

        private Entry(Callable<WasmModule> compilation, long size) {
            this.compilation = new FutureTask<>(compilation);
            this.size = size;
        }
    }

    /**
     * @param engine what compiles
     * @param capacity bytes of modules to keep, as they were or as they were compiled, whichever is
     *     more: the modules in use stay alive beyond it
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
        return module(ModuleDigest.of(binary), binary.length, () -> engine.compile(binary));
    }

    @Override
    public WasmModule load(byte[] binary, MemorySegment compiled) {
        return load(ModuleDigest.of(binary), binary, compiled);
    }

    /**
     * The same.
     *
     * @param digest of the binary
     */
    public WasmModule load(ModuleDigest digest, byte[] binary, MemorySegment compiled) {
        return module(digest, binary.length, () -> engine.load(binary, compiled));
    }

    /** A module that is there already. */
    public Optional<WasmModule> kept(ModuleDigest digest) {
        return present(digest)
                .map(entry -> entry.compilation)
                .filter(compilation -> compilation.state() == Future.State.SUCCESS)
                .map(Future::resultNow);
    }

    private WasmModule module(ModuleDigest digest, int size, Callable<WasmModule> compilation) {
        var entry = entry(digest, size, compilation);
        entry.compilation.run();
        try {
            var module = result(entry.compilation);
            count(digest, entry, module.compiledSize());
            return module;
        } catch (RuntimeException | Error e) {
            forget(digest, entry);
            throw e;
        }
    }

    @Override
    public WasmInstance instantiate(WasmModule module, WasiConfig config) {
        return engine.instantiate(module, config);
    }

    private synchronized Optional<Entry> present(ModuleDigest digest) {
        return Optional.ofNullable(entries.get(digest));
    }

    private synchronized Entry entry(
            ModuleDigest digest, int binary, Callable<WasmModule> compilation) {
        var present = entries.get(digest);
        if (present != null) {
            return present;
        }
        var entry = new Entry(compilation, binary);
        entries.put(digest, entry);
        size += binary;
        evict();
        return entry;
    }

    /** How much it is, now that it is known. */
    private synchronized void count(ModuleDigest digest, Entry entry, long compiled) {
        if (entries.get(digest) == entry && compiled > entry.size) {
            size += compiled - entry.size;
            entry.size = compiled;
            evict();
        }
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
