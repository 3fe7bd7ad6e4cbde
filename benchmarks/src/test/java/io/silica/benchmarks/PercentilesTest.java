// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {
    @Test
    void ofAHundredTimesTheFiftiethAndTheNinetyNinthAreTaken() {
        var percentiles = Percentiles.of(millisUpTo(100));

        assertThat(percentiles.p50()).isEqualTo(Duration.ofMillis(50));
        assertThat(percentiles.p99()).isEqualTo(Duration.ofMillis(99));
    }

    @Test
    void ofFewerThanAHundredTheP99IsTheLongest() {
        var percentiles = Percentiles.of(millisUpTo(20));

        assertThat(percentiles.p50()).isEqualTo(Duration.ofMillis(10));
        assertThat(percentiles.p99()).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void theLongestIsKnownToo() {
        assertThat(Percentiles.of(millisUpTo(1001)).max()).isEqualTo(Duration.ofMillis(1001));
    }

    @Test
    void theOrderOfTheTimesDoesNotMatter() {
        var times = millisUpTo(101);
        var shuffled = new ArrayList<>(times);
        Collections.reverse(shuffled);

        assertThat(Percentiles.of(shuffled).p50()).isEqualTo(Percentiles.of(times).p50());
    }

    @Test
    void noTimesHaveNoPercentiles() {
        assertThatThrownBy(() -> Percentiles.of(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Duration> millisUpTo(int last) {
        return IntStream.rangeClosed(1, last).mapToObj(Duration::ofMillis).toList();
    }
}
