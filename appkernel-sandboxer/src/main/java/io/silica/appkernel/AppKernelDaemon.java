// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.gvisor.GvisorConfig;
import io.silica.appkernel.gvisor.GvisorKernel;
import io.silica.appkernel.kernel.AppKernel;
import io.silica.appkernel.quark.QuarkConfig;
import io.silica.appkernel.quark.QuarkInstallation;
import io.silica.appkernel.quark.QuarkKernel;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
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
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;

/** The daemon {@code appkernel-sandboxer}: this kind, on the server that all kinds share. */
final class AppKernelDaemon extends DaemonCommand<AppKernelConfig> {
    private static final System.Logger LOG = System.getLogger(AppKernelDaemon.class.getName());

    /** The property that names the directory of a pod's first process. */
    private static final String POD_ROOT = "silica.pod-root";

    /** The property that names the program that carries a terminal. */
    private static final String TERMINAL = "silica.pod-terminal";

    private final Termination termination;

    /**
     * @param termination says when to end
     */
    AppKernelDaemon(Termination termination) {
        super(AppKernelSandboxer.KIND);
        this.termination = termination;
    }

    @Override
    protected AppKernelConfig sections(ConfigReader reader) {
        return AppKernelConfig.read(reader);
    }

    @Override
    protected void run(DaemonConfig config, AppKernelConfig options, ServiceManager manager)
            throws InterruptedException {
        var kernels = kernels(config, options);
        BuildInfo build = BuildInfo.load();
        var metrics = new Metrics(AppKernelSandboxer.KIND, build.version(), build.commit());
        try (var _ =
                SandboxerDaemon.start(config, new AppKernelSandboxer(kernels), metrics, manager)) {
            Thread.ofVirtual().name("probe").start(() -> probe(kernels.usual()));
            termination.await();
        }
    }

    private static AppKernels kernels(DaemonConfig config, AppKernelConfig options) {
        var directory = config.server().dir();
        var calls = hostCalls(config.limits());
        var gvisor =
                new GvisorKernel(
                        config(
                                options.gvisor(),
                                directory.resolve("gvisor"),
                                directory.resolve("probed")),
                        calls);
        var quark = new QuarkKernel(config(options.quark(), directory.resolve("quark")), calls);
        return switch (options.usual()) {
            case GVISOR -> new AppKernels(gvisor, List.of(quark));
            case QUARK -> new AppKernels(quark, List.of(gvisor));
        };
    }

    static QuarkConfig config(AppKernelConfig.Quark options, Path directory) {
        return new QuarkConfig(
                options.program(),
                QuarkInstallation.STANDARD,
                directory,
                QuarkConfig.USUAL_PATIENCE);
    }

    /** With what the distribution has beside the program. */
    static GvisorConfig config(AppKernelConfig.Gvisor options, Path directory, Path verdicts) {
        return new GvisorConfig(
                options.program(),
                options.platform(),
                options.network(),
                options.hostNetwork(),
                Path.of(System.getProperty(POD_ROOT, "")).toAbsolutePath(),
                Path.of(System.getProperty(TERMINAL, "")).toAbsolutePath(),
                directory,
                verdicts,
                GvisorConfig.USUAL_PATIENCE);
    }

    /** Before the first pod comes; who comes meanwhile waits. */
    private static void probe(AppKernel kernel) {
        try {
            kernel.probe();
        } catch (SandboxException e) {
            LOG.log(Level.ERROR, "no pod can be run on {0}: {1}", kernel.name(), e.getMessage());
        }
    }

    static HostCalls.Factory hostCalls(LimitsConfig limits) {
        return BlockingCalls.ofSandboxes(
                limits.blockingCallsPerSandbox(), limits.nativeCallDeadline());
    }
}
