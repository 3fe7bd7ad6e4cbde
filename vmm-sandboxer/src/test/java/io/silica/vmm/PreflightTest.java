// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.leaks.LeakCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@LeakCheck
final class PreflightTest {
    @TempDir Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void whatIsMissingIsNamedWithHowToGetItAndNothingIsBooted() throws IOException {
        assertThat(check("--boot", "--config", config("tcg"))).isEqualTo(1);
        assertThat(out.toString(UTF_8))
                .contains("no   qemu: there is none at " + directory.resolve("qemu"))
                .contains(
                        "     install the package qemu-system-x86, or name another in qemu.program")
                .contains("no   virtiofsd: ", "qemu-system-common")
                .contains("no   vhost-device-vsock: ", "scripts/program-get vhost-device-vsock")
                .contains("no   guest image: there is no " + directory.resolve("image/vmlinux"))
                .contains("     make it with \"make guest-image\"")
                .contains("ok   processor: qemu.accelerator = \"tcg\": guests are emulated")
                .doesNotContain("boot:");
    }

    @Test
    void programsGetJson() throws IOException {
        assertThat(check("--json", "--config", config("auto"))).isEqualTo(1);
        var document = JsonMapper.shared().readTree(out.toByteArray());
        assertThat(document.path("kind").asString()).isEqualTo("vmm");
        assertThat(document.path("ok").asBoolean()).isFalse();
        assertThat(document.path("checks"))
                .extracting((JsonNode it) -> it.path("name").asString())
                .startsWith(
                        "root",
                        "qemu",
                        "virtiofsd",
                        "vhost-device-vsock",
                        "prlimit",
                        "setpriv",
                        "unshare",
                        "guest image")
                .endsWith("processor");
    }

    @Test
    void aCommandLineOrAConfigurationThatMakesNoSenseIsRefused() throws IOException {
        assertThat(check("--quickly")).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("--check [--config FILE] [--json] [--boot]");
        assertThat(check("--config", config("quick"))).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("qemu.accelerator");
    }

    private String config(String accelerator) throws IOException {
        return Files.writeString(
                        directory.resolve("vmm.toml"),
                        """
                        [qemu]
                        program = "%1$s/qemu"
                        virtiofsd = "%1$s/virtiofsd"
                        vsock = "%1$s/vsock"
                        accelerator = "%2$s"
                        [guest]
                        image = "%1$s/image"
                        """
                                .formatted(directory, accelerator))
                .toString();
    }

    private int check(String... arguments) {
        return Preflight.command(
                        new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8))
                .execute(arguments);
    }
}
