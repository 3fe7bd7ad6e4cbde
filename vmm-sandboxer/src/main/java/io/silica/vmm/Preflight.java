// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.linux.FileTree;
import io.silica.sandbox.SandboxException;
import io.silica.server.cli.CheckCommand;
import io.silica.server.cli.Finding;
import io.silica.server.cli.Findings;
import io.silica.server.config.Config;
import io.silica.server.config.ConfigFiles;
import io.silica.server.config.DaemonConfig;
import io.silica.vmm.qemu.AcceleratorChoice;
import io.silica.vmm.qemu.QemuHypervisor;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Looks for what pods need on this machine, without a daemon: {@code sandboxctl check --kind vmm}.
 * Nothing is booted unless that is asked for.
 */
final class Preflight {
    /** Asks for a guest to be booted. */
    static final String BOOT = "--boot";

    private static final Path KVM = Path.of("/dev/kvm");
    private static final String SLOWLY = "guests are emulated, which takes many times as long";

    private final VmmDaemon.Options options;
    private final String path;
    private final boolean root;
    private final Findings findings = new Findings();

    /**
     * @param path the directories of programs
     * @param root whether we are root
     */
    Preflight(VmmDaemon.Options options, String path, boolean root) {
        this.options = options;
        this.path = path;
        this.root = root;
    }

    /** The command that shows all of it. */
    static CheckCommand command(PrintStream out, PrintStream err) {
        return new CheckCommand(
                VmmSandboxer.KIND,
                List.of(BOOT),
                (files, flags) -> of(files).look(flags.contains(BOOT)),
                out,
                err);
    }

    private static Preflight of(ConfigFiles files) {
        var options =
                Config.load(
                                files,
                                List.of(),
                                reader -> {
                                    DaemonConfig.read(reader, VmmSandboxer.KIND);
                                    return VmmDaemon.options(reader);
                                })
                        .value();
        return new Preflight(
                options,
                System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin",
                System.getProperty("user.name").equals("root"));
    }

    /**
     * Everything, in order.
     *
     * @param boot whether a guest is booted, if nothing is missing
     */
    List<Finding> look(boolean boot) {
        findings.root(root);
        programs();
        image();
        findings.onPath("ip", path, "install the package iproute2");
        findings.onPath("tc", path, "install the package iproute2");
        findings.file(
                "tun",
                Path.of("/dev/net/tun"),
                "load the module tun (modprobe tun): a guest's network is a tap device");
        findings.cgroups();
        if (boot && findings.ok()) {
            boot();
        } else {
            processor(withoutBoot());
        }
        return findings.all();
    }

    private void programs() {
        findings.program(
                "qemu",
                options.qemu().program(),
                "install the package qemu-system-x86, or name another in qemu.program");
        findings.program(
                "virtiofsd",
                options.qemu().virtiofsd(),
                "install the package qemu-system-common, or name another in qemu.virtiofsd");
        findings.program(
                "vhost-device-vsock",
                options.qemu().vsock(),
                "install the package vhost-device-vsock (scripts/program-get vhost-device-vsock gets it without installing), or name another in qemu.vsock");
        QemuHypervisor.CONFINING.stream()
                .sorted()
                .forEach(it ->
                        findings.program(
                                it.getFileName().toString(), it, "install the package util-linux"));
    }

    private void image() {
        var missing =
                List.of("vmlinux", "stage1.cpio", "root.erofs").stream()
                        .map(options.guest().image()::resolve)
                        .filter(it -> !Files.isReadable(it))
                        .findFirst();
        findings.add(
                "guest image",
                missing.isEmpty(),
                missing.map(it -> "there is no " + it).orElse(options.guest().image().toString()),
                "make it with \"make guest-image\", and name its directory in guest.image");
    }

    /** Why there may be no KVM, as far as that can be seen. */
    private static Optional<String> withoutBoot() {
        return Files.exists(KVM) ? Optional.empty() : Optional.of("there is no " + KVM);
    }

    private void processor(Optional<String> obstacle) {
        boolean required = options.qemu().accelerator() == AcceleratorChoice.KVM;
        boolean emulated = options.qemu().accelerator() == AcceleratorChoice.TCG;
        findings.add(
                "processor",
                emulated || !required || obstacle.isEmpty(),
                emulated
                        ? "qemu.accelerator = \"tcg\": " + SLOWLY
                        : obstacle.map(why -> "no KVM: " + why + (required ? "" : "; " + SLOWLY))
                                .orElse(
                                        KVM
                                                + " is there; whether it boots a guest, --boot finds out"),
                "let this machine have KVM, or set qemu.accelerator = \"auto\": " + SLOWLY);
    }

    private void boot() {
        try {
            var scratch = Files.createTempDirectory("silica-check");
            try {
                boot(scratch);
            } finally {
                // It was made for this alone; no link is followed.
                FileTree.remove(scratch);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void boot(Path scratch) {
        var hypervisor = new QemuHypervisor(options.backEnd(scratch.resolve("probed")));
        try (var trial = new BootTrial(hypervisor, options, scratch)) {
            var obstacle =
                    options.qemu().accelerator() == AcceleratorChoice.TCG
                            ? Optional.<String>empty()
                            : hypervisor.obstacleToKvm();
            if (obstacle.isPresent() || options.qemu().accelerator() == AcceleratorChoice.TCG) {
                processor(obstacle);
            } else {
                findings.add("processor", true, "KVM boots a guest", "");
            }
            if (findings.ok()) {
                findings.add(
                        "boot",
                        true,
                        "a guest was up after %.1f s".formatted(trial.run().toMillis() / 1000.0),
                        "");
            }
        } catch (SandboxException e) {
            findings.add(
                    "boot",
                    false,
                    String.valueOf(e.getMessage()),
                    "give guests more time by guest.boot-patience if they are slow; else make the image anew: make guest-image");
        }
    }
}
