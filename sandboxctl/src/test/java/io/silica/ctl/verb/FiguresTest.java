// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class FiguresTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    @Test
    void anAgeHasTheUnitThatSaysItBest() {
        assertThat(age(Duration.ofSeconds(119))).isEqualTo("119 seconds ago");
        assertThat(age(Duration.ofMinutes(2))).isEqualTo("2 minutes ago");
        assertThat(age(Duration.ofHours(47))).isEqualTo("47 hours ago");
        assertThat(age(Duration.ofDays(2))).isEqualTo("2 days ago");
    }

    @Test
    void whatIsYetToComeIsNow() {
        assertThat(age(Duration.ofSeconds(-5))).isEqualTo("0 seconds ago");
    }

    @Test
    void bytesHaveTheUnitThatLeavesFourDigitsAtMost() {
        assertThat(Quantity.ofBytes(1023)).isEqualTo("1023 B");
        assertThat(Quantity.ofBytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Quantity.ofBytes(Long.MAX_VALUE)).endsWith(" TiB");
    }

    private static String age(Duration age) {
        var then = NOW.minus(age);
        return Age.of(then.getEpochSecond() * 1_000_000_000 + then.getNano(), NOW);
    }
}
