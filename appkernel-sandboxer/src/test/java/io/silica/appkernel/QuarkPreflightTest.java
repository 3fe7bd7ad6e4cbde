// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.appkernel.quark.StandIn;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import io.silica.server.cli.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@LeakCheck
@OnStandIn
final class QuarkPreflightTest {
    @TempDir Path directory;
    private StandIn standIn;

    @BeforeEach
    void install() {
        standIn = new StandIn(directory.resolve("quark"));
    }

    @Test
    void aMachineThatHasAllOfItBootsASandbox() {
        var findings = findings(false, true);
        assertThat(findings).allMatch(Finding::ok).allMatch(it -> it.advice().isEmpty());
        assertThat(findings)
                .extracting(Finding::name)
                .containsExactly(
                        "quark", "kvm", "qkernel.bin", "quark settings", "quark log", "quark boot");
        assertThat(standIn.complaints()).isEmpty();
    }

    @Test
    void aSandboxThatDoesNotBootIsToldWithTheReason() {
        standIn.fault("exit");
        assertThat(findings(false, true))
                .filteredOn(it -> !it.ok())
                .singleElement()
                .satisfies(it -> assertThat(it.found()).contains("ended with 1"));
    }

    @Test
    void nobodyNeedsAQuarkThatNobodyAsksFor() throws IOException {
        Files.delete(standIn.program());
        assertThat(findings(false, true)).singleElement().matches(Finding::ok);
        assertThat(findings(true, true))
                .filteredOn(it -> it.name().equals("quark"))
                .singleElement()
                .matches(it -> !it.ok());
    }

    @ParameterizedTest
    @CsvSource({
        "kvm, kvm, no such file, a machine with KVM",
        "qkernel.bin, qkernel.bin, there is none at, install it there",
        "config.json, quark settings, cannot be read, Sandboxed",
        "log, quark log, there is none at, mkdir"
    })
    void whatIsMissingIsNamedWithHowToGetItAndMakesNoPod(
            String file, String name, String found, String advice) throws IOException {
        Files.delete(standIn.installation().settings().resolveSibling(file));
        assertThat(findings(false, true))
                .filteredOn(it -> !it.ok())
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.name()).isEqualTo(name);
                    assertThat(it.found()).contains(found);
                    assertThat(it.advice()).contains(advice);
                });
        try (var kernel = QuarkKind.kernel(standIn, directory.resolve("pods"))) {
            assertThatThrownBy(kernel::probe)
                    .isInstanceOf(SandboxException.Unavailable.class)
                    .hasMessageContaining(found);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"ShimMode\": false} | does not say Sandboxed: true",
                "{\"ShimMode\": true, \"Sandboxed\": true} | does not say ShimMode: false",
                "Sandboxed | is no JSON"
            })
    void settingsThatAreNotThoseOfASandboxerAreToldSo(String settings, String found)
            throws IOException {
        Files.writeString(standIn.installation().settings(), settings);
        assertThat(findings(false, false))
                .filteredOn(it -> !it.ok())
                .singleElement()
                .satisfies(it -> assertThat(it.found()).contains(found));
    }

    private List<Finding> findings(boolean usual, boolean boot) {
        return new QuarkPreflight(standIn.config(directory.resolve("check")), usual, true, boot)
                .findings();
    }
}
