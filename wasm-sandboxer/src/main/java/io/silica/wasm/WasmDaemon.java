// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.sandbox.HostCalls;
import io.silica.server.SandboxerDaemon;
import io.silica.server.Termination;
import io.silica.server.cli.BuildInfo;
import io.silica.server.cli.DaemonCommand;
import io.silica.server.config.ByteSize;
import io.silica.server.config.ConfigReader;
import io.silica.server.config.ConfigSection;
import io.silica.server.config.DaemonConfig;
import io.silica.server.config.LimitsConfig;
import io.silica.server.host.BlockingCalls;
import io.silica.server.metrics.Metrics;
import io.silica.server.notify.ServiceManager;
import io.silica.wasm.confinement.Bubblewrap;
import io.silica.wasm.worker.WorkerOptions;
import java.time.Duration;
import java.time.InstantSource;

/** The daemon {@code wasm-sandboxer}: this kind, on the server that all kinds share. */
final class WasmDaemon extends DaemonCommand<WorkerOptions> {
    private static final System.Logger LOG = System.getLogger(WasmDaemon.class.getName());
    private static final String SECTION = "wasm";
    private static final ByteSize LARGEST_MODULE = ByteSize.mebibytes(1024);
    private static final ByteSize LARGEST_CACHE = ByteSize.mebibytes(16 * 1024);

    private final Termination termination;

    /**
     * @param termination says when to end
     */
    WasmDaemon(Termination termination) {
        super(WasmSandboxer.KIND);
        this.termination = termination;
    }

    @Override
    protected WorkerOptions sections(ConfigReader reader) {
        ConfigSection section = reader.section(SECTION);
        var usual = WorkerOptions.DEFAULTS;
        return new WorkerOptions(
                section.duration(
                        "worker-idle-exit",
                        usual.idleExit(),
                        Duration.ofSeconds(1),
                        Duration.ofDays(1)),
                section.size(
                                "module-limit",
                                new ByteSize(usual.moduleLimit()),
                                new ByteSize(8),
                                LARGEST_MODULE)
                        .bytes(),
                section.size(
                                "module-cache",
                                new ByteSize(usual.moduleCache()),
                                new ByteSize(0),
                                LARGEST_CACHE)
                        .bytes(),
                usual.claimTime());
    }

    @Override
    protected void run(DaemonConfig config, WorkerOptions options, ServiceManager manager)
            throws InterruptedException {
        if (Bubblewrap.installed().isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, Bubblewrap.MISSING);
        }
        try (var _ = start(config, options, manager)) {
            termination.await();
        }
    }

    /** Harmless: without a container there is no worker. */
    @Override
    protected void rehearse(DaemonConfig config, WorkerOptions options) {
        start(config, options, ServiceManager.none()).close();
    }

    private static SandboxerDaemon start(
            DaemonConfig config, WorkerOptions options, ServiceManager manager) {
        var sandboxer =
                new WasmSandboxer(
                        () -> WorkerCommand.standard().with(options),
                        config.server().dir().resolve("worker"),
                        hostCalls(config.limits()),
                        InstantSource.system());
        BuildInfo build = BuildInfo.load();
        var metrics = new Metrics(WasmSandboxer.KIND, build.version(), build.commit());
        return SandboxerDaemon.start(config, sandboxer, metrics, manager);
    }

    static HostCalls.Factory hostCalls(LimitsConfig limits) {
        return BlockingCalls.ofSandboxes(
                limits.blockingCallsPerSandbox(), limits.nativeCallDeadline());
    }
}
