// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.sandbox.HostCalls;
import io.silica.server.SandboxerDaemon;
import io.silica.server.Termination;
import io.silica.server.cli.BuildInfo;
import io.silica.server.cli.DaemonCommand;
import io.silica.server.config.ConfigReader;
import io.silica.server.config.DaemonConfig;
import io.silica.server.config.LimitsConfig;
import io.silica.server.host.BlockingCalls;
import io.silica.server.metrics.Metrics;
import io.silica.server.notify.ServiceManager;
import io.silica.wasm.compiler.CompiledModules;
import io.silica.wasm.confinement.Bubblewrap;
import java.time.InstantSource;

/** The daemon {@code wasm-sandboxer}: this kind, on the server that all kinds share. */
final class WasmDaemon extends DaemonCommand<WasmConfig> {
    private static final System.Logger LOG = System.getLogger(WasmDaemon.class.getName());

    private final Termination termination;

    /**
     * @param termination says when to end
     */
    WasmDaemon(Termination termination) {
        super(WasmSandboxer.KIND);
        this.termination = termination;
    }

    @Override
    protected WasmConfig sections(ConfigReader reader) {
        return WasmConfig.read(reader);
    }

    @Override
    protected void run(DaemonConfig config, WasmConfig wasm, ServiceManager manager)
            throws InterruptedException {
        if (Bubblewrap.installed().isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, Bubblewrap.MISSING);
        }
        wasm.engines()
                .problem(Engine.WASMTIME)
                .filter(_ -> wasm.engines().wasmtime().isPresent())
                .ifPresent(problem ->
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "no pod can have the engine wasmtime: " + problem));
        try (var _ = start(config, wasm, manager)) {
            termination.await();
        }
    }

    /** Harmless: without a container there is no worker. */
    @Override
    protected void rehearse(DaemonConfig config, WasmConfig wasm) {
        start(config, wasm, ServiceManager.none()).close();
    }

    private static SandboxerDaemon start(
            DaemonConfig config, WasmConfig wasm, ServiceManager manager) {
        var sandboxer =
                new WasmSandboxer(
                        () -> WorkerCommand.standard().with(wasm.worker()),
                        wasm.engines(),
                        wasm.isolation(),
                        config.server().dir().resolve("worker"),
                        hostCalls(config.limits()),
                        InstantSource.system());
        BuildInfo build = BuildInfo.load();
        var metrics = new Metrics(WasmSandboxer.KIND, build.version(), build.commit());
        count(metrics, sandboxer.modules());
        return SandboxerDaemon.start(config, sandboxer, metrics, manager);
    }

    private static void count(Metrics metrics, CompiledModules modules) {
        metrics.counter("wasm_modules_compiled", "Modules that were compiled.", modules::compiled);
        metrics.counter(
                "wasm_modules_uncompiled",
                "Modules that could not be compiled within the limits.",
                modules::failed);
        metrics.counter(
                "wasm_module_cache_hits", "Compiled modules that were on disk.", modules::found);
        metrics.counter(
                "wasm_module_cache_discarded",
                "Compiled modules on disk that were not what they had to be, and were thrown away.",
                modules::discarded);
        metrics.gauge("wasm_module_cache_bytes", "Compiled modules on disk.", modules::size);
    }

    static HostCalls.Factory hostCalls(LimitsConfig limits) {
        return BlockingCalls.ofSandboxes(
                limits.blockingCallsPerSandbox(), limits.nativeCallDeadline());
    }
}
