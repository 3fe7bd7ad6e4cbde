// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is booted is played by a script, which counts how often it is asked. */
@LeakCheck
final class AcceleratorProbeTest {
    private static final String BOOTS = "echo 'silica stage 1: up'";
    private static final String DIES = "printf 'KVM internal error\\r\\nextra \\033[31m'; exit 1";

    @TempDir Path directory;
    private Poller poller;
    private Path device;
    private Duration later = Duration.ZERO;

    @BeforeEach
    void haveADevice() throws IOException {
        poller = Poller.start("accelerator-probe-test");
        device = Files.createFile(directory.resolve("kvm"));
    }

    @AfterEach
    void close() {
        poller.close();
    }

    @Test
    void kvmThatBootsAGuestIsTakenAndTriedOnceInAllLives() throws IOException {
        qemu(BOOTS);
        assertThat(probe(AcceleratorChoice.AUTO).accelerator()).isEqualTo(Accelerator.KVM);
        assertThat(probe(AcceleratorChoice.KVM).accelerator()).isEqualTo(Accelerator.KVM);
        assertThat(boots()).isEqualTo(1);
    }

    @Test
    void aDeviceThatIsThereAndBootsNothingIsNotTaken() throws IOException {
        qemu(DIES);
        var probe = probe(AcceleratorChoice.AUTO);
        assertThat(probe.accelerator()).isEqualTo(Accelerator.TCG);
        assertThat(probe.obstacle())
                .contains(
                        "the guest ended before its first program ran, and said: KVM internal error | extra ?[31m");
        assertThatThrownBy(probe(AcceleratorChoice.KVM)::accelerator)
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining("KVM internal error")
                .hasMessageContaining("qemu.accelerator = \"auto\"");
        assertThat(boots()).isEqualTo(1);
    }

    @Test
    void thatNothingBootsIsDoubtedAfterAnHour() throws IOException {
        qemu(DIES);
        assertThat(probe(AcceleratorChoice.AUTO).obstacle()).isPresent();
        for (var kept : verdicts()) {
            Files.setLastModifiedTime(
                    kept, FileTime.from(Instant.now().minus(Duration.ofMinutes(61))));
        }
        assertThat(probe(AcceleratorChoice.AUTO).obstacle()).isPresent();
        assertThat(boots()).isEqualTo(2);
    }

    @Test
    void aLifeThatHasFoundThatNothingBootsDoubtsItAfterAnHourToo() throws IOException {
        var mended = directory.resolve("mended");
        qemu("if [ -e %s ]; then %s; else %s; fi".formatted(mended, BOOTS, DIES));
        var probe = probe(AcceleratorChoice.AUTO);
        assertThat(probe.obstacle()).isPresent();
        Files.createFile(mended);
        later = Duration.ofMinutes(59);
        assertThat(probe.obstacle()).isPresent();
        assertThat(boots()).isEqualTo(1);

        later = Duration.ofMinutes(61);
        assertThat(probe.obstacle()).isEmpty();
        assertThat(boots()).isEqualTo(2);
    }

    @Test
    void anotherFirstProgramOfTheGuestIsTriedAnew() throws IOException {
        qemu(DIES);
        var probe = probe(AcceleratorChoice.AUTO);
        assertThat(probe.obstacle()).isPresent();
        Files.writeString(directory.resolve("stage1.cpio"), "another");
        assertThat(probe.obstacle()).isPresent();
        assertThat(boots()).isEqualTo(2);
    }

    @Test
    void anotherQemuIsTriedAnew() throws IOException {
        qemu(DIES);
        var probe = probe(AcceleratorChoice.AUTO);
        assertThat(probe.accelerator()).isEqualTo(Accelerator.TCG);
        qemu(BOOTS);
        assertThat(probe.accelerator()).isEqualTo(Accelerator.KVM);
    }

    @Test
    void withoutADeviceAndUnderEmulationNothingIsTried() throws IOException {
        qemu(BOOTS);
        assertThat(probe(AcceleratorChoice.TCG).accelerator()).isEqualTo(Accelerator.TCG);
        Files.delete(device);
        assertThat(probe(AcceleratorChoice.AUTO).accelerator()).isEqualTo(Accelerator.TCG);
        assertThat(probe(AcceleratorChoice.AUTO).obstacle()).contains("there is no " + device);
        assertThat(Files.exists(directory.resolve("boots"))).isFalse();
    }

    private AcceleratorProbe probe(AcceleratorChoice choice) {
        var program = directory.resolve("qemu");
        return new AcceleratorProbe(
                new QemuConfig(
                        program, program, program, directory, choice, directory.resolve("probed")),
                device,
                poller,
                () -> Instant.now().plus(later));
    }

    private void qemu(String script) throws IOException {
        var program =
                Files.writeString(
                        directory.resolve("qemu"),
                        "#!/bin/sh\necho once >>%s/boots\n%s\n".formatted(directory, script));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private int boots() throws IOException {
        return Files.readAllLines(directory.resolve("boots")).size();
    }

    private Iterable<Path> verdicts() throws IOException {
        try (var all = Files.list(directory.resolve("probed"))) {
            return all.toList();
        }
    }
}
