// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Poller;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Sandboxer;
import io.silica.wasm.compiler.CompiledModules;
import io.silica.wasm.worker.ProtocolVersions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The kind {@code wasm}: pods share one worker on the node or have one to themselves, as {@link
 * Isolation} says. One is started when the first container that needs it is created; after an
 * upgrade there may be a former one beside it.
 */
public final class WasmSandboxer implements Sandboxer {
    /** The kind's name. */
    public static final String KIND = "wasm";

    private final Map<Engine, EngineWorkers> workers = new EnumMap<>(Engine.class);
    private final Engines engines;
    private final CompiledModules modules;
    private final Isolation isolation;
    private final HostCalls.Factory host;
    private final InstantSource clock;
    private final Poller poller;

    /**
     * Starts nothing yet.
     *
     * @param command how a worker is started; asked for when one is to be
     * @param engines what there is to run guests
     * @param isolation which pods share one
     * @param directory where its sockets and its record are; made with mode 0700
     * @param host for calls that can block
     */
    WasmSandboxer(
            Supplier<WorkerCommand> command,
            Engines engines,
            Isolation isolation,
            Path directory,
            HostCalls.Factory host,
            InstantSource clock) {
        this(command, engines, isolation, directory, host, clock, ProtocolVersions.OURS);
    }

    /** The same for a daemon, and workers, of another release. */
    WasmSandboxer(
            Supplier<WorkerCommand> command,
            Engines engines,
            Isolation isolation,
            Path directory,
            HostCalls.Factory host,
            InstantSource clock,
            ProtocolVersions versions) {
        this.poller = Poller.start("wasm-sandboxer-poller");
        this.engines = engines;
        this.isolation = isolation;
        this.host = host;
        this.clock = clock;
        this.modules =
                new CompiledModules(
                        () -> engines.command(command.get(), Engine.WASMTIME).compiler(),
                        engines::compiling,
                        engines.compiler(),
                        directory.resolve("modules"),
                        poller);
        for (var engine : Engine.values()) {
            workers.put(
                    engine,
                    EngineWorkers.in(
                            place(directory, engine),
                            () -> engines.command(command.get(), engine),
                            poller,
                            versions,
                            () -> engines.build(engine)));
        }
    }

    /** Those of the embedded one are where all were before there was another. */
    static Path place(Path directory, Engine engine) {
        return engine == Engine.ENDIVE ? directory : directory.resolve(engine.handler());
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Sandbox create(SandboxSpec spec) {
        var engine = engines.of(spec.handler());
        PodWorkers.check(spec, engine, isolation);
        var calls = host.of(spec.id());
        try {
            engines.require(spec.id(), engine, calls);
        } catch (RuntimeException e) {
            calls.close();
            throw e;
        }
        return sandbox(spec, engine, isolation, calls, false);
    }

    private Sandbox sandbox(
            SandboxSpec spec, Engine engine, Isolation asMade, HostCalls calls, boolean former) {
        var own = new PodWorkers(spec, engine, asMade, workers(engine));
        var sockets = new PodSockets(spec.network());
        return new WasmSandbox(
                spec.id(), own, modules(engine, calls), sockets, calls, clock, former);
    }

    /** What the embedded one compiles is part of the JVM that it runs in. */
    private Optional<PodModules> modules(Engine engine, HostCalls calls) {
        return switch (engine) {
            case ENDIVE -> Optional.empty();
            case WASMTIME -> Optional.of(new PodModules(modules, calls));
        };
    }

    /** Where modules are compiled, for whoever counts. */
    CompiledModules modules() {
        return modules;
    }

    private EngineWorkers workers(Engine engine) {
        return Objects.requireNonNull(workers.get(engine));
    }

    /** A sandbox is there without any process. */
    @Override
    public Optional<Sandbox> adopt(
            SandboxSpec spec, Map<String, String> identity, boolean started) {
        return Optional.of(
                sandbox(spec, engine(identity), isolation(identity), host.of(spec.id()), true));
    }

    /** As it was made; one of a release before there was a choice has the embedded one. */
    private static Engine engine(Map<String, String> identity) {
        var written = identity.getOrDefault(WasmSandbox.ENGINE, Engine.ENDIVE.handler());
        return Engine.of(written)
                .orElseThrow(() ->
                        new SandboxException.InvalidArgument(
                                "a sandbox was made with the engine \"%s\", which there is not"
                                        .formatted(written)));
    }

    /** As it was made; one of a release before there was a choice is as others are now. */
    private Isolation isolation(Map<String, String> identity) {
        var written = identity.get(WasmSandbox.ISOLATION);
        try {
            return written == null ? isolation : Isolation.valueOf(written);
        } catch (IllegalArgumentException e) {
            throw new SandboxException.InvalidArgument(
                    "a sandbox was made with the isolation \"" + written + "\", which there is not",
                    e);
        }
    }

    @Override
    public void endStrangers(Predicate<SandboxId> known) {
        workers.values().forEach(it -> endStrangers(it, known));
    }

    private static void endStrangers(EngineWorkers workers, Predicate<SandboxId> known) {
        workers.owns().endStrangers(known);
        workers.shared().existing().stream()
                .map(WorkerGuests::new)
                .forEach(guests ->
                        guests.all().stream()
                                .filter(guest -> !isKnown(guest.getSandboxId(), known))
                                .forEach(guests::discard));
    }

    private static boolean isKnown(String sandbox, Predicate<SandboxId> known) {
        try {
            return known.test(new SandboxId(sandbox));
        } catch (SandboxException.InvalidArgument _) {
            return false;
        }
    }

    @Override
    public void close() {
        modules.close();
        workers.values().forEach(EngineWorkers::close);
        poller.close();
    }
}
