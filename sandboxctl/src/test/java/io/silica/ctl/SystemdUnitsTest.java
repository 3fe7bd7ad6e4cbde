// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The units, as systemd reads them: it would pass over what it does not know. */
final class SystemdUnitsTest {
    private static final Path UNITS = Path.of("..", "packaging", "systemd");
    private static final Path PROGRAM = Path.of("/usr/bin/systemd-analyze");

    /** Since it says with its exit code what is wrong with a unit alone. */
    private static final int OLDEST = 250;

    @TempDir private Path directory;

    @BeforeEach
    void thereIsASystemdThatCanTell() throws Exception {
        assumeTrue(Files.isExecutable(PROGRAM), "there is no " + PROGRAM);
        assumeTrue(version() >= OLDEST, "systemd is older than " + OLDEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wasm-sandboxer.service",
                "appkernel-sandboxer.service",
                "vmm-sandboxer.service",
                "silica-holder@wasm.service"
            })
    void aUnitHasNothingThatSystemdDoesNotUnderstand(String name) throws Exception {
        Path unit = directory.resolve(name);
        Files.write(unit, lines(UNITS.resolve(name.replaceFirst("@.*\\.", "@."))));

        var said = new StringBuilder();
        int code = run(said, "verify", "--man=no", "--recursive-errors=one", unit.toString());

        assertThat(code).as(said.toString()).isZero();
    }

    /** Nothing is installed here; and one setting came with version 254. */
    private static List<String> lines(Path unit) throws Exception {
        boolean preserves = version() >= 254;
        return Files.readAllLines(unit).stream()
                .filter(line -> preserves || !line.startsWith("FileDescriptorStorePreserve="))
                .map(line -> line.replaceFirst("^ExecStart=/\\S+", "ExecStart=/bin/true"))
                .toList();
    }

    /** {@code systemd 252 (252.39-1)}. */
    private static int version() throws Exception {
        var said = new StringBuilder();
        assertThat(run(said, "--version")).isZero();
        return Integer.parseInt(said.toString().split("[ .~(-]", 3)[1]);
    }

    private static int run(StringBuilder said, String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(PROGRAM.toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var output = process.getInputStream()) {
            said.append(new String(output.readAllBytes(), UTF_8));
        }
        return process.waitFor();
    }
}
