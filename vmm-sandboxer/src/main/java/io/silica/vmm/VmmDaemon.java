// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.sandbox.SandboxException;
import io.silica.server.SandboxerDaemon;
import io.silica.server.Termination;
import io.silica.server.cli.BuildInfo;
import io.silica.server.cli.DaemonCommand;
import io.silica.server.config.ByteSize;
import io.silica.server.config.ConfigReader;
import io.silica.server.config.ConfigSection;
import io.silica.server.config.DaemonConfig;
import io.silica.server.host.BlockingCalls;
import io.silica.server.metrics.Metrics;
import io.silica.server.notify.ServiceManager;
import io.silica.vmm.network.TapNetwork;
import io.silica.vmm.qemu.Accelerator;
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
     * @param qemu {@code qemu}, and the image of {@code guest}
     * @param guest the rest of {@code guest}
     */
    record Options(QemuConfig qemu, Guest guest) {}

    /**
     * How big guests are, and how long they may take.
     *
     * @param memory of a pod without a limit
     * @param overhead what the programs of a machine need beside the guest's memory
     * @param writable what a container can write
     * @param bootPatience for an agent to call
     * @param stopGrace for a guest to power off
     */
    record Guest(
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
        var guest = reader.section("guest");
        var image = guest.path("image", Path.of("/usr/lib/silica/guest"));
        return new Options(qemu(reader.section("qemu"), image), guest(guest));
    }

    private static QemuConfig qemu(ConfigSection section, Path image) {
        return new QemuConfig(
                section.path("program", Path.of("/usr/bin/qemu-system-x86_64")),
                section.path("virtiofsd", Path.of("/usr/lib/qemu/virtiofsd")),
                section.path("vsock", Path.of("/usr/bin/vhost-device-vsock")),
                image,
                section.oneOf("accelerator", Accelerator.KVM));
    }

    private static Guest guest(ConfigSection section) {
        return new Guest(
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
        var hypervisor = new QemuHypervisor(options.qemu());
        BuildInfo build = BuildInfo.load();
        var metrics = new Metrics(VmmSandboxer.KIND, build.version(), build.commit());
        try (var _ =
                SandboxerDaemon.start(
                        config,
                        store ->
                                new VmmSandboxer(
                                        kind(config, options.guest()),
                                        hypervisor,
                                        new TapNetwork(),
                                        new StoreParking(store),
                                        BlockingCalls.ofSandboxes(
                                                config.limits().blockingCallsPerSandbox(),
                                                config.limits().nativeCallDeadline())),
                        metrics,
                        manager)) {
            check(hypervisor);
            termination.await();
        }
    }

    private static VmmConfig kind(DaemonConfig config, Guest guest) {
        return new VmmConfig(
                config.server().dir().resolve("vm"),
                new GuestSize.Rules(
                        guest.memory().bytes(),
                        mib(128).bytes(),
                        guest.overhead().bytes(),
                        Runtime.getRuntime().availableProcessors()),
                guest.writable().bytes(),
                guest.bootPatience(),
                guest.stopGrace());
    }

    /** What is missing is said now, and again to each pod. */
    private static void check(QemuHypervisor hypervisor) {
        try {
            hypervisor.check();
        } catch (SandboxException e) {
            LOG.log(Level.ERROR, "no pod can be run: " + e.getMessage());
        }
    }
}
