// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import io.silica.vmm.hypervisor.Device;
import io.silica.vmm.hypervisor.MachineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A script plays the program beside QEMU. */
@LeakCheck
final class PreparedQemuTest {
    @TempDir Path directory;
    private final List<Integer> joined = new ArrayList<>();
    private Poller poller;

    @BeforeEach
    void begin() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "another user needs root");
        Files.createDirectory(vsock());
        poller = Poller.start("prepared-qemu-test");
    }

    @AfterEach
    void end() {
        poller.close();
    }

    @Test
    void aMachineIsPreparedWhenTheSocketOfItsHelperAppears() throws IOException {
        helper(": >\"${2##*socket=}\"\nexec sleep 1000");
        try (var _ = prepare()) {
            assertThat(vsock().resolve("vhost.sock")).exists();
            assertThat(joined).isNotEmpty();
        }
        assertThat(machine()).doesNotExist();
    }

    @Test
    void aHelperThatEndsBeforeItListensIsNamedAndNothingIsLeft() throws IOException {
        helper("exit 3");
        assertThatThrownBy(this::prepare)
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessageContaining("vhost-device-vsock ended");
        assertThat(machine()).doesNotExist();
    }

    @Test
    void theHelperOfTheVsockIsAUserWithoutRightsWhoCannotReplaceWhatIsOurs() throws IOException {
        Files.writeString(vsock().resolve("ours"), "");
        helper(
                """
                rm -f ours 2>/dev/null
                : >"${2##*socket=}"
                exec sleep 1000\
                """);
        try (var _ = prepare()) {
            int user = Confinement.user(vsock().resolve("vsock"));
            assertThat(file("status"))
                    .contains("Uid:\t" + user + "\t" + user)
                    .contains("Gid:\t" + user + "\t" + user)
                    .contains("CapPrm:\t0000000000000000", "CapBnd:\t0000000000000000")
                    .contains("NoNewPrivs:\t1");
            assertThat(file("limits"))
                    .containsPattern("Max open files +256 +256 ")
                    .containsPattern("Max file size +0 +0 ");
            assertThat(user).isNotEqualTo(Confinement.user(machine()));
        }
        assertThat(vsock().resolve("ours")).exists();
    }

    /** What the kernel says of the helper. */
    private String file(String name) throws IOException {
        return Files.readString(Path.of("/proc/%d/%s".formatted(joined.getLast(), name)));
    }

    private Path vsock() {
        return directory.resolve("vsock");
    }

    private Path machine() {
        return directory.resolve("machine");
    }

    private void helper(String script) throws IOException {
        var program = Files.writeString(directory.resolve("helper"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private PreparedQemu prepare() {
        var program = directory.resolve("helper");
        var config =
                new QemuConfig(
                        program,
                        program,
                        program,
                        directory,
                        AcceleratorChoice.TCG,
                        directory.resolve("probed"));
        var machine =
                new MachineConfig(
                        machine(),
                        1,
                        128L << 20,
                        List.of(new Device.Vsock(vsock().resolve("vsock"))),
                        Optional.empty(),
                        joined::add);
        return PreparedQemu.prepare(config, Accelerator.TCG, machine, poller);
    }
}
