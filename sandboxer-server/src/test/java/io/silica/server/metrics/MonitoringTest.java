// SPDX-License-Identifier: Apache-2.0
package io.silica.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.server.contract.DaemonUnderTest;
import io.silica.server.contract.MetricsSocket;
import io.silica.server.fake.FakeSandboxer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written about metrics is of the metrics that there are. */
final class MonitoringTest {
    private static final Pattern NAME = Pattern.compile("\\b(silica|process|jvm)_[a-z_]+");
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*#.*");

    @TempDir private Path directory;

    @Test
    void theAlertsAreAboutMetricsThatADaemonHas() throws IOException {
        var alerts = Files.readString(Path.of("../examples/prometheus/silica-alerts.yml"));

        assertThat(exposed())
                .containsAll(names(COMMENT.matcher(alerts).replaceAll("")))
                .contains("silica_protected");
    }

    @Test
    void theManualNamesEveryMetricThatADaemonHas() throws IOException {
        var manual = names(Files.readString(Path.of("../docs/operations.md")));

        assertThat(manual)
                .containsAll(
                        exposed().stream()
                                .map(name -> name.replaceFirst("_(bucket|count|sum)$", ""))
                                .toList());
    }

    /** Of a daemon that has answered calls. */
    private Set<String> exposed() {
        var socket = directory.resolve("metrics.sock");
        try (var daemon = new DaemonUnderTest(directory, new FakeSandboxer())) {
            daemon.create("pod");
            daemon.shutdown("pod");
            return COMMENT.matcher(MetricsSocket.ask(socket, "/metrics"))
                    .replaceAll("")
                    .lines()
                    .map(line -> line.split("[{ ]", 2)[0])
                    .filter(NAME.asMatchPredicate())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> names(String text) {
        return NAME.matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
