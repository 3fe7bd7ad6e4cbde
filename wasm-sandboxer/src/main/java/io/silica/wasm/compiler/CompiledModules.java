// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
import io.silica.wasm.engine.ModuleDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Compiled modules: from the disk, or else from a process that compiles one. Who wants a module
 * that is being compiled for somebody else waits for that; there are few such processes at a time,
 * and who came first is next.
 *
 * <p>Any thread may call any method.
 */
public final class CompiledModules implements AutoCloseable {
    /** Callers are given up by containerd after two minutes. */
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    private static final Duration END = Duration.ofSeconds(10);
    private static final long IDLE_SECONDS = 10;

    private final Supplier<CompilerCommand> command;
    private final Callable<String> engine;
    private final CompilerLimits limits;
    private final ModuleCache cache;
    private final Poller poller;
    private final ThreadPoolExecutor threads;
    private final Map<CacheKey, Compilation> compilations = new HashMap<>();
    private final Set<CompilerProcess> processes = ConcurrentHashMap.newKeySet();
    private final LongAdder compiled = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder found = new LongAdder();
    private volatile boolean closed;

    /**
     * Starts nothing and looks at nothing yet.
     *
     * @param command how a compiler is started; asked for when one is to be
     * @param engine which engine it is, and which build of it; asked on threads that may block
     * @param directory where modules are kept
     */
    public CompiledModules(
            Supplier<CompilerCommand> command,
            Callable<String> engine,
            CompilerLimits limits,
            Path directory,
            Poller poller) {
        this.command = command;
        this.engine = engine;
        this.limits = limits;
        this.cache = new ModuleCache(directory, limits.disk());
        this.poller = poller;
        this.threads =
                new ThreadPoolExecutor(
                        limits.processes(),
                        limits.processes(),
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().name("wasm-compile-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** How many modules were compiled. */
    public long compiled() {
        return compiled.sum();
    }

    /** How many were not to be compiled. */
    public long failed() {
        return failed.sum();
    }

    /** How many were found on disk. */
    public long found() {
        return found.sum();
    }

    /** How many files on disk were not what they had to be, and were thrown away. */
    public long discarded() {
        return cache.discarded();
    }

    /** Bytes that are kept on disk. */
    public long size() {
        return cache.size();
    }

    /**
     * The compiled form of a module: a {@link CompiledFile}, open for reading where nobody can
     * write.
     *
     * @param module open for reading
     * @param anew whether what is on disk is of no use, and to be thrown away
     * @param host for what can block
     * @throws CompilerException if there is none
     */
    public Descriptor get(Descriptor module, boolean anew, HostCalls host) {
        try (var wanted =
                host.call(
                        "look for a compiled module", () -> wanted(module, anew), Wanted::close)) {
            return wanted.kept.isPresent()
                    ? wanted.kept.get().duplicate()
                    : compiled(wanted, new ModuleSource(module, host));
        }
    }

    /**
     * Which engine modules are compiled for now, and which build of it.
     *
     * @param host for reading its library
     */
    public String build(HostCalls host) {
        return host.call("look which engine there is", engine, _ -> {});
    }

    /**
     * A module that somebody asks for.
     *
     * @param kept its compiled form, if it is on disk
     */
    private record Wanted(ModuleDigest digest, CacheKey key, Optional<Descriptor> kept)
            implements AutoCloseable {
        @Override
        public void close() {
            kept.ifPresent(Descriptor::close);
        }
    }

    private Wanted wanted(Descriptor module, boolean anew) throws Exception {
        var digest = ModuleCopy.digest(module, command.get().moduleLimit());
        var key = CacheKey.of(digest, engine.call(), Processor.features());
        if (anew) {
            cache.discard(key, "no worker can use it");
        }
        var kept = cache.find(key, digest);
        if (kept.isPresent()) {
            found.increment();
        }
        return new Wanted(digest, key, kept);
    }

    private Descriptor compiled(Wanted wanted, ModuleSource source) {
        var mine = new AtomicBoolean();
        while (true) {
            try {
                return compiledOnce(wanted, source, mine);
            } catch (CompilerException.Unread e) {
                if (mine.get()) {
                    throw e;
                }
                // Whoever began it had it from another file.
            }
        }
    }

    /**
     * Has it compiled, or waits for somebody who has.
     *
     * @param mine is set if it is compiled from this source
     */
    private Descriptor compiledOnce(Wanted wanted, ModuleSource source, AtomicBoolean mine) {
        var joined = joined(wanted, source, mine);
        try {
            return joined.await(PATIENCE);
        } finally {
            synchronized (compilations) {
                joined.leave();
                forget(wanted.key, joined);
            }
        }
    }

    private Compilation joined(Wanted wanted, ModuleSource source, AtomicBoolean mine) {
        synchronized (compilations) {
            requireOpen();
            var joined = compilations.get(wanted.key);
            if (joined == null) {
                joined = begin(wanted.key, wanted.digest, source.duplicate());
                mine.set(true);
            }
            joined.join();
            return joined;
        }
    }

    private Compilation begin(CacheKey key, ModuleDigest digest, ModuleSource source) {
        var fresh = new Compilation(source, () -> compile(key, digest, source));
        compilations.put(key, fresh);
        threads.execute(() -> run(key, fresh));
        return fresh;
    }

    private void run(CacheKey key, Compilation compilation) {
        synchronized (compilations) {
            if (!compilation.begin()) {
                return;
            }
        }
        compilation.run();
        synchronized (compilations) {
            compilation.end();
            compilations.remove(key, compilation);
            forget(key, compilation);
        }
    }

    /** One that nobody waits for and nobody works at. */
    private void forget(CacheKey key, Compilation compilation) {
        if (compilation.isOver()) {
            compilation.close();
            compilations.remove(key, compilation);
        }
    }

    /** Somebody may have put it there meanwhile. */
    private Descriptor compile(CacheKey key, ModuleDigest digest, ModuleSource source) {
        try {
            var kept = cache.find(key, digest);
            return kept.isPresent() ? kept.get() : compileNow(key, digest, source);
        } catch (IOException | LinuxException e) {
            throw new CompilerException.Unavailable("it can't be kept: " + e.getMessage());
        }
    }

    private Descriptor compileNow(CacheKey key, ModuleDigest digest, ModuleSource source)
            throws IOException {
        requireOpen();
        boolean done = false;
        try {
            var kept = compileNow(command.get(), key, digest, source);
            done = true;
            return kept;
        } finally {
            (done ? compiled : failed).increment();
        }
    }

    private Descriptor compileNow(
            CompilerCommand now, CacheKey key, ModuleDigest digest, ModuleSource source)
            throws IOException {
        try (var copy = copy(digest, source, now.moduleLimit());
                var file = cache.fresh();
                var process = CompilerProcess.start(now, limits, copy.file(), poller)) {
            file.skip(CompiledFile.HEADER);
            await(process, file);
            return cache.put(file, key, digest);
        }
    }

    /** Not before its turn: so there are no more copies than processes. */
    private ModuleCopy copy(ModuleDigest digest, ModuleSource source, long limit) {
        ModuleCopy copy;
        try {
            copy =
                    source.host()
                            .call("copy a module", () -> copy(source, limit), ModuleCopy::close);
        } catch (RuntimeException e) {
            throw new CompilerException.Unread("it can't be copied: " + e.getMessage());
        }
        if (!copy.digest().equals(digest)) {
            copy.close();
            throw new CompilerException.Unread("it was changed while it waited for its turn");
        }
        return copy;
    }

    private ModuleCopy copy(ModuleSource source, long limit) throws IOException {
        try (var fresh = cache.fresh()) {
            return ModuleCopy.of(source.file(), fresh, limit);
        }
    }

    private void await(CompilerProcess process, FreshFile file) throws IOException {
        processes.add(process);
        try {
            requireOpen();
            process.await(file);
        } finally {
            processes.remove(process);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new CompilerException.Unavailable("the daemon ends");
        }
    }

    /** Ends what is being compiled, and waits for that. */
    @Override
    public void close() {
        synchronized (compilations) {
            closed = true;
        }
        threads.shutdown();
        try {
            processes.forEach(CompilerProcess::kill);
        } finally {
            awaitEnd();
        }
    }

    private void awaitEnd() {
        try {
            boolean _ = threads.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while compilers ended");
        }
    }
}
