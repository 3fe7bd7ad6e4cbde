// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.ctl.cli.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BootReportCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    @TempDir private Path root;
    private Path store;

    @BeforeEach
    void makeTheStateDirectory() throws IOException {
        store = Files.createDirectories(root.resolve("vmm").resolve("sandboxes"));
    }

    @Test
    void thePartsOfAStartAreShownWithTheirBeginningsAndTheirShare() throws IOException {
        write("abc1", "network=500,qemu=0,guest kernel=1500");
        assertThat(run("abc")).isEqualTo(ExitCode.OK);
        assertThat(out.toString(UTF_8))
                .isEqualTo(
                        """
                        PART          BEGAN    TOOK
                        network       0.000 s  0.500 s  ############
                        qemu          0.500 s  0.000 s  ............|
                        guest kernel  0.500 s  1.500 s  ............######################################
                        all           0.000 s  2.000 s  -
                        """);
    }

    @Test
    void aPodOfWhichNothingIsWrittenDownOrThatIsNotThereIsSaidSo() throws IOException {
        write("abc1", "");
        write("abc2", "\\u001b[2J=5");
        for (var id : new String[] {"abc1", "abc2"}) {
            assertThat(run(id)).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString(UTF_8))
                    .contains("nothing is written down about the start of sandbox " + id);
        }
        assertThat(run("abc")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(UTF_8)).contains("2 sandboxes that can be read begin with abc");
        assertThat(run("x")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(UTF_8)).contains("no sandboxes that can be read begin with x");
    }

    private void write(String id, String boot) throws IOException {
        var record =
                "{\"id\":\"%s\",\"identity\":{\"hypervisor\":\"qemu\",\"boot\":\"%s\"}}"
                        .formatted(id, boot);
        var checksum = new CRC32C();
        checksum.update(record.getBytes(UTF_8));
        checksum.update("sandbox1".getBytes(UTF_8));
        Files.writeString(
                store.resolve(id + ".json"),
                "{\"version\":1,\"kind\":\"sandbox\",\"checksum\":\"%08x\",\"record\":%s}\n"
                        .formatted(checksum.getValue(), record));
    }

    private int run(String id) {
        return new SandboxCtl(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8))
                .execute("boot-report", "--dir", root.resolve("vmm").toString(), id);
    }
}
