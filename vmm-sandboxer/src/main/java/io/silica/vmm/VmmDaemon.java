// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
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
import io.silica.vmm.network.TapNetwork;
import io.silica.vmm.qemu.Accelerator;
import io.silica.vmm.qemu.AcceleratorChoice;
import io.silica.vmm.qemu.QemuConfig;
import io.silica.vmm.qemu.QemuHypervisor;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;

/** The daemon {@code vmm-sandboxer}: this kind, on the server that all kinds share. */
final class VmmDaemon extends DaemonCommand<VmmDaemon.Options> {
    private static final System.Logger LOG = System.getLogger(VmmDaemon.class.getName());

    private final Termination termination;

    /**
     * The sections of the configuration.
     *
     * @param qemu {@code qemu}
     * @param guest {@code guest}
     */
    record Options(Qemu qemu, Guest guest) {
        /**
         * What the back end is given.
         *
         * @param verdicts where it keeps what it has found out
         */
        QemuConfig backEnd(Path verdicts) {
            return new QemuConfig(
                    qemu.program(),
                    qemu.virtiofsd(),
                    qemu.vsock(),
                    guest.image(),
                    qemu.accelerator(),
                    verdicts);
        }
    }

    /** QEMU and what runs beside it. */
    record Qemu(Path program, Path virtiofsd, Path vsock, AcceleratorChoice accelerator) {}

    /**
     * What guests are, how big, and how long they may take.
     *
     * @param image the directory of what they boot
     * @param memory of a pod without a limit
     * @param overhead what the programs of a machine need beside the guest's memory
     * @param writable what a container can write
     * @param bootPatience for an agent to call
     * @param stopGrace for a guest to power off
     */
    record Guest(
            Path image,
            ByteSize memory,
            ByteSize overhead,
            ByteSize writable,
            Duration bootPatience,
            Duration stopGrace) {}

    /**
     * @param termination says when to end
     */
    VmmDaemon(Termination termination) {
        super(VmmSandboxer.KIND);
        this.termination = termination;
    }

    @Override
    protected Options sections(ConfigReader reader) {
        return options(reader);
    }

    static Options options(ConfigReader reader) {
        return new Options(qemu(reader.section("qemu")), guest(reader.section("guest")));
    }

    private static Qemu qemu(ConfigSection section) {
        return new Qemu(
                section.path("program", Path.of("/usr/bin/qemu-system-x86_64")),
                section.path("virtiofsd", Path.of("/usr/lib/qemu/virtiofsd")),
                section.path("vsock", Path.of("/usr/bin/vhost-device-vsock")),
                section.oneOf("accelerator", AcceleratorChoice.AUTO));
    }

    private static Guest guest(ConfigSection section) {
        return new Guest(
                section.path("image", Path.of("/usr/lib/silica/guest")),
                section.size("memory", mib(256), mib(128), mib(1 << 20)),
                section.size("overhead", mib(96), mib(16), mib(1 << 14)),
                section.size("writable-layer", mib(64), mib(1), mib(1 << 20)),
                section.duration(
                        "boot-patience",
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(10)),
                section.duration(
                        "stop-grace", Duration.ofSeconds(5), Duration.ZERO, Duration.ofMinutes(1)));
    }

    private static ByteSize mib(long number) {
        return new ByteSize(number << 20);
    }

    @Override
    protected void run(DaemonConfig config, Options options, ServiceManager manager)
            throws InterruptedException {
        var directory = config.server().dir();
        var hypervisor = new QemuHypervisor(options.backEnd(directory.resolve("probed")));
        BuildInfo build = BuildInfo.load();
        var metrics = new Metrics(VmmSandboxer.KIND, build.version(), build.commit());
        try (var _ =
                SandboxerDaemon.start(
                        config,
                        store ->
                                new VmmSandboxer(
                                        kind(directory.resolve("vm"), options.guest()),
                                        hypervisor,
                                        new TapNetwork(),
                                        new StoreParking(store),
                                        hostCalls(config.limits())),
                        metrics,
                        manager)) {
            var probing = Thread.ofVirtual().name("probe").start(() -> probe(hypervisor));
            try {
                termination.await();
            } finally {
                // What it has started ends before what it waits by is closed.
                probing.interrupt();
                probing.join();
            }
        }
    }

    static VmmConfig kind(Path directory, Guest guest) {
        return new VmmConfig(
                directory,
                new GuestSize.Rules(
                        guest.memory().bytes(),
                        mib(128).bytes(),
                        guest.overhead().bytes(),
                        Runtime.getRuntime().availableProcessors()),
                guest.writable().bytes(),
                guest.bootPatience(),
                guest.stopGrace());
    }

    static HostCalls.Factory hostCalls(LimitsConfig limits) {
        return BlockingCalls.ofSandboxes(
                limits.blockingCallsPerSandbox(), limits.nativeCallDeadline());
    }

    /** Before the first pod comes; who comes meanwhile waits. What is missing, each pod hears. */
    private static void probe(QemuHypervisor hypervisor) {
        try {
            hypervisor.check();
            if (hypervisor.accelerator() == Accelerator.TCG) {
                LOG.log(
                        Level.WARNING,
                        "guests are emulated, which takes many times as long: "
                                + hypervisor.obstacleToKvm().orElse("qemu.accelerator says so"));
            }
        } catch (SandboxException.Cancelled _) {
            // The daemon ends.
        } catch (SandboxException e) {
            LOG.log(Level.ERROR, "no pod can be run: " + e.getMessage());
        }
    }
}
