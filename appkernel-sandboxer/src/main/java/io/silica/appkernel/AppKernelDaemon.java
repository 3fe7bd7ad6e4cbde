// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.gvisor.GvisorConfig;
import io.silica.appkernel.gvisor.GvisorKernel;
import io.silica.appkernel.gvisor.GvisorPlatform;
import io.silica.appkernel.kernel.AppKernel;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
import io.silica.server.SandboxerDaemon;
import io.silica.server.Termination;
import io.silica.server.cli.BuildInfo;
import io.silica.server.cli.DaemonCommand;
import io.silica.server.config.ConfigReader;
import io.silica.server.config.ConfigSection;
import io.silica.server.config.DaemonConfig;
import io.silica.server.config.LimitsConfig;
import io.silica.server.host.BlockingCalls;
import io.silica.server.metrics.Metrics;
import io.silica.server.notify.ServiceManager;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/** The daemon {@code appkernel-sandboxer}: this kind, on the server that all kinds share. */
final class AppKernelDaemon extends DaemonCommand<AppKernelDaemon.Gvisor> {
    private static final System.Logger LOG = System.getLogger(AppKernelDaemon.class.getName());

    /** The property that names the directory of a pod's first process. */
    private static final String POD_ROOT = "silica.pod-root";

    /** The property that names the program that carries a terminal. */
    private static final String TERMINAL = "silica.pod-terminal";

    private final Termination termination;

    /**
     * The section of the configuration.
     *
     * @param program runsc
     * @param platform of runsc
     */
    record Gvisor(Path program, GvisorPlatform platform) {}

    /**
     * @param termination says when to end
     */
    AppKernelDaemon(Termination termination) {
        super(AppKernelSandboxer.KIND);
        this.termination = termination;
    }

    @Override
    protected Gvisor sections(ConfigReader reader) {
        return gvisor(reader);
    }

    static Gvisor gvisor(ConfigReader reader) {
        ConfigSection section = reader.section("gvisor");
        return new Gvisor(
                section.path("program", Path.of("/usr/bin/runsc")),
                section.oneOf("platform", GvisorPlatform.SYSTRAP));
    }

    @Override
    protected void run(DaemonConfig config, Gvisor options, ServiceManager manager)
            throws InterruptedException {
        var directory = config.server().dir();
        var kernel =
                new GvisorKernel(
                        config(options, directory.resolve("gvisor"), directory.resolve("probed")),
                        hostCalls(config.limits()));
        BuildInfo build = BuildInfo.load();
        var metrics = new Metrics(AppKernelSandboxer.KIND, build.version(), build.commit());
        try (var _ =
                SandboxerDaemon.start(config, new AppKernelSandboxer(kernel), metrics, manager)) {
            Thread.ofVirtual().name("probe").start(() -> probe(kernel));
            termination.await();
        }
    }

    /** With what the distribution has beside the program. */
    static GvisorConfig config(Gvisor options, Path directory, Path verdicts) {
        return new GvisorConfig(
                options.program(),
                options.platform(),
                Path.of(System.getProperty(POD_ROOT, "")).toAbsolutePath(),
                Path.of(System.getProperty(TERMINAL, "")).toAbsolutePath(),
                directory,
                verdicts);
    }

    /** Before the first pod comes; who comes meanwhile waits. */
    private static void probe(AppKernel kernel) {
        try {
            kernel.probe();
        } catch (SandboxException e) {
            LOG.log(Level.ERROR, "no pod can be run: " + e.getMessage());
        }
    }

    static HostCalls.Factory hostCalls(LimitsConfig limits) {
        return BlockingCalls.ofSandboxes(
                limits.blockingCallsPerSandbox(), limits.nativeCallDeadline());
    }
}
