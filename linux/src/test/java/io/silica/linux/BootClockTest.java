// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class BootClockTest {
    @Test
    void itTellsTheTimeThatTheKernelTells() throws IOException {
        var clock = new BootClock();
        var uptime = Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0];

        // The kernel's file has hundredths of seconds; a busy machine may lie between the two.
        assertThat(Duration.ofNanos(clock.nanos()))
                .isBetween(
                        Duration.ofMillis((long) (Double.parseDouble(uptime) * 1000)),
                        Duration.ofMillis((long) (Double.parseDouble(uptime) * 1000) + 30_000));
    }

    @Test
    void itNeverGoesBackByMoreThanAReadingTakes() {
        var clock = new BootClock();
        long before = clock.nanos();
        long end = System.nanoTime() + 3 * BootClock.TRUSTED_NANOS;
        while (System.nanoTime() < end) {
            long now = clock.nanos();
            assertThat(now).isGreaterThan(before - Duration.ofSeconds(1).toNanos());
            before = now;
        }
    }
}
