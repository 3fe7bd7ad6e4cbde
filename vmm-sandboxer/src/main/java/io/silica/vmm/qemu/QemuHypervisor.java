// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import io.silica.linux.Poller;
import io.silica.sandbox.SandboxException;
import io.silica.vmm.hypervisor.Capabilities;
import io.silica.vmm.hypervisor.Hypervisor;
import io.silica.vmm.hypervisor.Machine;
import io.silica.vmm.hypervisor.MachineConfig;
import io.silica.vmm.hypervisor.PreparedMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** QEMU, with a process for each machine and two beside it. */
public final class QemuHypervisor implements Hypervisor {
    /** The programs by which QEMU, and what is beside it, are confined. */
    public static final Set<Path> CONFINING = Confinement.programs();

    private final QemuConfig config;
    private final Poller poller = Poller.start("qemu-poller");
    private final AcceleratorProbe probe;

    public QemuHypervisor(QemuConfig config) {
        this.config = config;
        this.probe = new AcceleratorProbe(config, poller);
    }

    /**
     * By what guests are carried out here. Who asks first may wait while a guest is booted.
     *
     * @throws SandboxException.Unavailable if that is not what it must be
     */
    public Accelerator accelerator() {
        return probe.accelerator();
    }

    /** Why there is no KVM that boots a guest; empty if there is. */
    public Optional<String> obstacleToKvm() {
        return probe.obstacle();
    }

    @Override
    public String name() {
        return "qemu";
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.coldPlugOnly();
    }

    @Override
    public void check() {
        requireProgram(config.program(), "qemu.program", "the package qemu-system-x86");
        requireProgram(config.virtiofsd(), "qemu.virtiofsd", "the package qemu-system-common");
        requireProgram(config.vsock(), "qemu.vsock", "the package vhost-device-vsock");
        for (var program : Confinement.programs()) {
            if (!Files.isExecutable(program)) {
                throw new SandboxException.Unavailable(
                        "there is no program %s: the package util-linux has it".formatted(program));
            }
        }
        for (var file : List.of(config.kernel(), config.initramfs(), config.root())) {
            if (!Files.isReadable(file)) {
                throw new SandboxException.Unavailable(
                        "there is no guest image: %s is missing; guest.image says where it is, and guest-image/build makes it"
                                .formatted(file));
            }
        }
        if (config.accelerator() == AcceleratorChoice.KVM) {
            var _ = accelerator();
        }
    }

    private static void requireProgram(Path program, String setting, String origin) {
        if (!Files.isExecutable(program)) {
            throw new SandboxException.Unavailable(
                    "there is no program %s: %s names it, and %s has it"
                            .formatted(program, setting, origin));
        }
    }

    @Override
    public PreparedMachine prepare(MachineConfig machine) {
        capabilities().requireColdPlug(machine.devices());
        requireNoComma(machine.directory());
        return PreparedQemu.prepare(config, accelerator(), machine, poller);
    }

    /** It would begin another option. */
    private static void requireNoComma(Path directory) {
        if (directory.toString().contains(",")) {
            throw new SandboxException.InvalidArgument(
                    "a virtual machine cannot be in %s: the path has a comma".formatted(directory));
        }
    }

    @Override
    public Optional<Machine> find(Path directory) {
        var places = new QemuPlaces(directory);
        return places.record().flatMap(QemuRecord::parse).flatMap(it -> find(places, it));
    }

    private Optional<Machine> find(QemuPlaces places, QemuRecord record) {
        var members = new ArrayList<Member>();
        record.processes()
                .forEach((name, process) -> Member.find(name, process).ifPresent(members::add));
        boolean whole =
                members.size() == record.processes().size()
                        && members.stream().anyMatch(it -> it.name().equals(PreparedQemu.QEMU));
        if (!whole) {
            members.forEach(Member::close);
            return Optional.empty();
        }
        return Optional.of(
                new QemuMachine(
                        places,
                        List.copyOf(members),
                        Console.connect(places.console(), poller),
                        poller));
    }

    @Override
    public void remove(Path directory) {
        new MachineProcesses(directory, config.programs(), poller).kill();
        new QemuPlaces(directory).remove();
    }

    @Override
    public void close() {
        poller.close();
    }
}
