// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @Test
    void reportsFollowEachOtherInTheirFile(@TempDir Path directory) throws IOException {
        var file = directory.resolve("RESULTS.md");
        report("First").append(file);
        report("Second").append(file);

        assertThat(file)
                .hasContent(
                        """

                        ## First

                        On a machine.

                        | step | p50 |
                        | --- | ---: |
                        | start | 1.50 |

                        ## Second

                        On a machine.

                        | step | p50 |
                        | --- | ---: |
                        | start | 1.50 |
                        """);
    }

    @Test
    void aTimeIsWrittenBesideItsPeer() {
        assertThat(Report.ratio(Duration.ofMillis(3), Duration.ofMillis(12))).isEqualTo("0.25x");
    }

    @Test
    void shortTimesAreWrittenInMicroseconds() {
        assertThat(Report.micros(Duration.ofNanos(1_234))).isEqualTo("1.23");
    }

    private static Report report(String heading) {
        return new Report(heading)
                .paragraph("On a machine.")
                .table("step", "p50")
                .row(List.of("start", Report.millis(Duration.ofNanos(1_500_000))));
    }
}
