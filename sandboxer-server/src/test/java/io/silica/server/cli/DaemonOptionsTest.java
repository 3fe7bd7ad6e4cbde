// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DaemonOptionsTest {
    private static final Path USUAL = Path.of("/etc/silica/kiln.toml");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--listen /x.sock",
                "--config ./kiln.toml --dir /d --log-level error",
                "--log-format json --listen run/x.sock --dir /a=b",
            })
    void flagsWithTheirValuesNeedNoLibrary(String arguments) {
        assertThat(DaemonOptions.plain(USUAL, words(arguments)))
                .contains(
                        new DaemonCommandLine("kiln-sandboxer", "kiln", USUAL)
                                .options(words(arguments)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "-h",
                "--listen",
                "--listen=/x.sock",
                "--listen --dir",
                "--listen @file",
                "--listen \"/x.sock\"",
                "--listen /a --listen /b",
                "--nonsense /x",
                "argument /x",
                "@file /x",
            })
    void whateverElseThereIsIsForTheLibrary(String arguments) {
        assertThat(DaemonOptions.plain(USUAL, words(arguments))).isEmpty();
    }

    private static String[] words(String arguments) {
        return arguments.isEmpty() ? new String[0] : arguments.split(" ");
    }
}
