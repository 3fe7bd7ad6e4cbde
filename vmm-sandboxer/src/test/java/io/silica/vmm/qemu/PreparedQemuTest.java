// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void begin() {
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
            assertThat(machine().resolve("vhost.sock")).exists();
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
                        List.of(new Device.Vsock(directory.resolve("vsock"))),
                        Optional.empty(),
                        joined::add);
        return PreparedQemu.prepare(config, Accelerator.TCG, machine, poller);
    }
}
