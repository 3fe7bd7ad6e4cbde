// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class UnclaimedTest {
    private static final Instant NOW = Instant.parse("2026-11-29T04:00:00Z");

    @Test
    void theNextLifeWaitsForWhatIsLeftOfTheTime() {
        assertThat(left(Duration.ofMinutes(10), NOW.minusSeconds(200)))
                .isEqualTo(Duration.ofSeconds(400));
    }

    @Test
    void aClockThatWasSetForwardBetweenTwoLivesCostsNoSandboxThatIsAskedAboutSoon() {
        assertThat(left(Duration.ofMinutes(10), NOW.minus(Duration.ofDays(400))))
                .isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aClockThatWasSetBackKeepsNothingLonger() {
        assertThat(left(Duration.ofMinutes(10), NOW.plus(Duration.ofDays(400))))
                .isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void aTimeThatIsShorterThanTheGraceIsNotProlonged() {
        assertThat(left(Duration.ofSeconds(15), NOW.minusSeconds(14)))
                .isEqualTo(Duration.ofSeconds(15));
    }

    private static Duration left(Duration within, Instant createdAt) {
        try (var timer = Executors.newSingleThreadScheduledExecutor()) {
            return new Unclaimed(timer, within, InstantSource.fixed(NOW), (_, _) -> {})
                    .left(createdAt);
        }
    }
}
