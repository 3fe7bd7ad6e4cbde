// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessIdentityTest {
    private static final String FIELDS =
            " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21\n";

    @Test
    void aNameMayHoldSpacesAndParentheses() {
        assertThat(ProcessIdentity.parse("42 (a) S 1 (b) R" + FIELDS))
                .contains(new ProcessIdentity(42, 4711));
    }

    @Test
    void aZombieIsNoProcessAnyMore() {
        assertThat(ProcessIdentity.parse("42 (x) Z" + FIELDS)).isEmpty();
    }

    @Test
    void theStartOfAZombieIsKnownUntilItIsCollected() throws InterruptedException {
        try (var poller = Poller.start("identity-test");
                var child = Spawn.of(Path.of("/bin/true")).start()) {
            while (ProcessIdentity.of(child.pid()).isPresent()) {
                Thread.onSpinWait();
            }
            long own = ProcessIdentity.startTime((int) ProcessHandle.current().pid()).orElseThrow();
            assertThat(ProcessIdentity.startTime(child.pid()).orElseThrow())
                    .isGreaterThanOrEqualTo(own);
            assertThat(child.await(poller, Duration.ofMinutes(1))).isPresent();
            assertThat(ProcessIdentity.startTime(child.pid())).isEmpty();
        }
    }

    @Test
    void weAreAliveAndAPidBeyondTheLimitIsNot() {
        var self = ProcessIdentity.of((int) ProcessHandle.current().pid()).orElseThrow();
        assertThat(self.isCurrent()).isTrue();
        assertThat(self.startTime()).isPositive();
        assertThat(ProcessIdentity.of(1 << 22)).isEmpty();
    }
}
