// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.leaks.LeakCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

@LeakCheck
class SubreaperTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void anOrphanBecomesOurChildAndItsStatusIsCollected() throws InterruptedException {
        Subreaper.enable();
        try (var poller = Poller.start("subreaper-test");
                var line = Pipe.open()) {
            var before = Subreaper.children();
            try (var parent =
                    Spawn.of(Path.of("/bin/sh"), "-c", "(read line; exit 5) <&3 & exit 0")
                            .environment(Map.of("PATH", "/bin"))
                            .descriptor(3, line.reader())
                            .start()) {
                assertThat(parent.await(poller, LONG)).contains(new ExitStatus.Exited(0));
            }
            var orphans = Subreaper.children();
            orphans.removeAll(before);
            assertThat(orphans).hasSize(1);
            try (var orphan = Child.adopt(orphans.iterator().next())) {
                assertThat(orphan.status()).isEmpty();
                line.writer().close();
                assertThat(orphan.await(poller, LONG)).contains(new ExitStatus.Exited(5));
            }
        }
    }
}
