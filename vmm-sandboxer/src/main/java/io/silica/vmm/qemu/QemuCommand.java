// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import io.silica.vmm.hypervisor.Device;
import io.silica.vmm.hypervisor.MachineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of QEMU for a machine. Nothing of a pod's is among them but what has a checked
 * form; paths are the daemon's own.
 */
final class QemuCommand {
    /** Descriptors that QEMU inherits: listening sockets. */
    static final int QMP = 3;

    static final int CONSOLE = 4;

    private static final String CLASSES = "silica-classes";

    private static final long MIB = 1 << 20;

    /** What every machine is, whatever it has. */
    static final List<String> MACHINE =
            List.of(
                    "-machine",
                    "q35,hpet=on,smm=off,vmport=off,sata=off,smbus=off,usb=off",
                    "-nodefaults",
                    "-no-user-config",
                    "-no-reboot",
                    "-display",
                    "none");

    /** Faster, and quieter; nothing of it weakens the guest. */
    static final String KERNEL =
            "console=ttyS0 panic=-1 reboot=t quiet i8042.noaux i8042.nomux i8042.nopnp i8042.dumbkbd i8042.nokbd cryptomgr.notests random.trust_cpu=on";

    /** Under emulation there is no speculation, and a clock that is measured comes out wrong. */
    private static final String EMULATED = " no_timer_check mitigations=off silica.cpu=emulated";

    private final QemuConfig config;
    private final Accelerator accelerator;
    private final QemuPlaces places;
    private final List<String> arguments = new ArrayList<>();
    private int numbered;

    private QemuCommand(QemuConfig config, Accelerator accelerator, QemuPlaces places) {
        this.config = config;
        this.accelerator = accelerator;
        this.places = places;
    }

    static String[] of(
            QemuConfig config, Accelerator accelerator, QemuPlaces places, MachineConfig machine) {
        var command = new QemuCommand(config, accelerator, places);
        command.machine(machine);
        command.confinement();
        command.kernel();
        command.control();
        command.device(new Device.Disk("root", config.root(), true));
        // The guest looks for it there, as the second disk.
        config.classes().ifPresent(it -> command.device(new Device.Disk(CLASSES, it, true)));
        machine.devices().forEach(command::device);
        return command.arguments.toArray(String[]::new);
    }

    private void machine(MachineConfig machine) {
        long size = machine.memoryBytes() / MIB;
        arguments.addAll(MACHINE);
        add("-machine", "memory-backend=mem");
        arguments.addAll(accelerator.arguments());
        add("-smp", Integer.toString(machine.processors()));
        add("-m", size + "M");
        // Shared with the programs beside it.
        add("-object", "memory-backend-memfd,id=mem,size=" + size + "M,share=on");
    }

    /**
     * QEMU becomes another user when all is open, so that must be allowed to it; that user has no
     * rights with which it could become a third.
     */
    private void confinement() {
        int user = Confinement.user(places.directory());
        add("-sandbox", "on,obsolete=deny,elevateprivileges=allow,spawn=deny,resourcecontrol=deny");
        add("-runas", user + ":" + user);
        add("-chroot", places.empty().toString());
    }

    private void kernel() {
        add("-kernel", config.kernel().toString());
        add("-initrd", config.initramfs().toString());
        add("-append", accelerator == Accelerator.TCG ? KERNEL + EMULATED + clock() : KERNEL);
    }

    private static String clock() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(it -> it.startsWith("cpu MHz"))
                    .map(it -> it.substring(it.indexOf(':') + 1).strip())
                    .filter(it -> it.matches("[0-9]{2,6}(\\.[0-9]+)?"))
                    .map(it -> " tsc_early_khz=" + Math.round(Double.parseDouble(it) * 1000))
                    .findFirst()
                    .orElse("");
        } catch (IOException _) {
            return "";
        }
    }

    private void control() {
        add("-chardev", "socket,id=qmp,server=on,wait=off,fd=" + QMP);
        add("-mon", "chardev=qmp,mode=control");
    }

    private void device(Device device) {
        int n = numbered++;
        switch (device) {
            case Device.Disk(String serial, Path file, boolean readOnly) -> {
                add(
                        "-drive",
                        "id=d%d,if=none,format=raw,readonly=%s,file=%s"
                                .formatted(n, readOnly ? "on" : "off", file));
                add("-device", "virtio-blk-pci,drive=d%d,serial=%s".formatted(n, serial));
            }
            case Device.Network(String tap, String hardwareAddress) -> {
                add("-netdev", "tap,id=n%d,ifname=%s,script=no,downscript=no".formatted(n, tap));
                add(
                        "-device",
                        "virtio-net-pci,netdev=n%d,romfile=,mac=%s".formatted(n, hardwareAddress));
            }
            case Device.SharedDirectory(String tag, Path _) -> {
                add("-chardev", "socket,id=f%d,path=%s".formatted(n, places.files()));
                add("-device", "vhost-user-fs-pci,chardev=f%d,tag=%s".formatted(n, tag));
            }
            case Device.Vsock(Path socket) -> {
                add(
                        "-chardev",
                        "socket,id=v%d,path=%s".formatted(n, VhostDeviceVsock.vhost(socket)));
                add("-device", "vhost-user-vsock-pci,chardev=v%d".formatted(n));
            }
            case Device.Console() -> {
                add("-chardev", "socket,id=c%d,server=on,wait=off,fd=%d".formatted(n, CONSOLE));
                add("-serial", "chardev:c" + n);
            }
        }
    }

    private void add(String... some) {
        arguments.addAll(List.of(some));
    }
}
