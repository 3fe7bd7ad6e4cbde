// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.SandboxException;
import io.silica.vmm.hypervisor.Device;
import io.silica.vmm.hypervisor.MachineConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QemuCommandTest {
    private static final Path MACHINE = Path.of("/run/silica/vmm/vm/0/machine");

    @TempDir Path directory;

    @Test
    void theRootDiskComesFirstAndCannotBeWritten() {
        var command = command(Accelerator.KVM, new Device.Disk("data", Path.of("/d"), false));
        assertThat(command)
                .contains("id=d0,if=none,format=raw,readonly=on,file=/image/root.erofs")
                .containsSubsequence(
                        "virtio-blk-pci,drive=d0,serial=root",
                        "virtio-blk-pci,drive=d1,serial=data");
    }

    @Test
    void theAgentsClassesAreTheSecondDiskOfAnImageThatHasThem() throws Exception {
        var classes = Files.createFile(directory.resolve("classes.erofs"));
        var data = new Device.Disk("data", Path.of("/d"), false);
        assertThat(command(directory, Accelerator.KVM, data))
                .contains("id=d1,if=none,format=raw,readonly=on,file=" + classes)
                .containsSubsequence(
                        "virtio-blk-pci,drive=d0,serial=root",
                        "virtio-blk-pci,drive=d1,serial=silica-classes",
                        "virtio-blk-pci,drive=d2,serial=data");
    }

    @Test
    void whatWeakensAGuestIsThereUnderEmulationOnly() {
        assertThat(String.join(" ", command(Accelerator.TCG))).contains("mitigations=off");
        assertThat(String.join(" ", command(Accelerator.KVM)))
                .doesNotContain("mitigations")
                .contains("-accel kvm -cpu host");
    }

    @Test
    void eachMachineHasAUserOfItsOwnThatSeesNoFiles() {
        int user = Confinement.user(MACHINE);
        assertThat(user).isBetween(0x7800_0000, 0x78ff_ffff);
        assertThat(Confinement.user(Path.of("/another"))).isNotEqualTo(user);
        assertThat(command(Accelerator.KVM))
                .containsSequence("-runas", user + ":" + user)
                .containsSequence("-chroot", MACHINE + "/empty");
    }

    @Test
    void eachDeviceIsOfItsKind() {
        var command =
                command(
                        Accelerator.KVM,
                        new Device.Console(),
                        new Device.Vsock(Path.of("/run/vsock")),
                        new Device.SharedDirectory("silica", Path.of("/share")),
                        new Device.Network("tap0", "02:00:00:00:00:01"));
        assertThat(command)
                .contains("chardev:c1")
                .contains("vhost-user-vsock-pci,chardev=v2")
                .contains("vhost-user-fs-pci,chardev=f3,tag=silica")
                .contains("tap,id=n4,ifname=tap0,script=no,downscript=no")
                .contains("virtio-net-pci,netdev=n4,romfile=,mac=02:00:00:00:00:01");
    }

    @Test
    void whatWouldBecomeAnotherOptionIsNoDevice() {
        assertThatThrownBy(() -> new Device.Network("tap0,script=/x", "02:00:00:00:00:01"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Device.Network("tap0", "02:00:00:00:00:01,x=y"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Device.SharedDirectory("a,b", Path.of("/share")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Device.Disk("a,b", Path.of("/d"), true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsMissingIsNamedWithTheSettingAndWhereItComesFrom() throws Exception {
        try (var hypervisor = new QemuHypervisor(config(Path.of("/nowhere/qemu")))) {
            assertThatThrownBy(hypervisor::check)
                    .isInstanceOf(SandboxException.Unavailable.class)
                    .hasMessageContaining("/nowhere/qemu")
                    .hasMessageContaining("qemu.program")
                    .hasMessageContaining("qemu-system-x86");
        }
        try (var hypervisor = new QemuHypervisor(config(Path.of("/bin/sh")))) {
            assertThatThrownBy(hypervisor::check)
                    .hasMessageContaining("vmlinux")
                    .hasMessageContaining("guest.image");
        }
    }

    @Test
    void theRecordOfAMachineFindsItsProcessesAndNonsenseFindsNone() throws Exception {
        var places = new QemuPlaces(directory.resolve("machine"));
        places.create();
        try (var hypervisor = new QemuHypervisor(config(Path.of("/bin/sh")))) {
            assertThat(hypervisor.find(places.directory())).isEmpty();
            for (var text :
                    List.of("", "qemu", "qemu 1 2 3\n", "qemu -1 4\n", "qemu 999999999 1\n")) {
                places.writeRecord(text);
                assertThat(hypervisor.find(places.directory())).isEmpty();
            }
            hypervisor.remove(places.directory());
            hypervisor.remove(places.directory());
        }
        assertThat(Files.exists(places.directory())).isFalse();
    }

    private static QemuConfig config(Path program) {
        return new QemuConfig(
                program,
                Path.of("/bin/sh"),
                Path.of("/bin/sh"),
                Path.of("/nowhere/image"),
                AcceleratorChoice.TCG,
                Path.of("/nowhere/probed"));
    }

    private static List<String> command(Accelerator accelerator, Device... devices) {
        return command(Path.of("/image"), accelerator, devices);
    }

    private static List<String> command(Path image, Accelerator accelerator, Device... devices) {
        var config =
                new QemuConfig(
                        Path.of("/qemu"),
                        Path.of("/virtiofsd"),
                        Path.of("/vsock"),
                        image,
                        AcceleratorChoice.AUTO,
                        Path.of("/nowhere/probed"));
        var machine =
                new MachineConfig(
                        MACHINE, 2, 256L << 20, List.of(devices), Optional.empty(), _ -> {});
        return List.of(QemuCommand.of(config, accelerator, new QemuPlaces(MACHINE), machine));
    }
}
