// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpgradeTest {
    private static final String NAME = "wasm-sandboxer";

    @TempDir Path directory;
    private SupervisedDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new SupervisedDaemon(directory, "old", new NotedFormat(1, 1, "0.1.0"));
        daemon.install("old", "wasm-sandboxer 0.1.0 (commit a, Java 25, state format 1)");
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    @Test
    void anotherProgramTakesTheDaemonsPlaceAndTheWayLeadsBack() throws Exception {
        Path next = daemon.install("new", "wasm-sandboxer 0.2.0 (commit b, state format 2)");

        assertThat(upgrade().replace(next, daemon.link, NAME)).isEqualTo("0.2.0");
        assertThat(upgrade().replace(directory.resolve("old"), daemon.link, NAME))
                .isEqualTo("0.1.0");

        assertThat(daemon.lives()).containsExactly("old", "new", "old");
    }

    @Test
    void aProgramThatIsNotReadyInTimeGivesWayToTheOneBefore() throws Exception {
        Path broken = daemon.install("broken", "wasm-sandboxer 0.2.0 (commit b, state format 2)");
        var hasty = new Upgrade(daemon.state, daemon.metrics, Duration.ofSeconds(1));

        refused(() -> hasty.replace(broken, daemon.link, NAME))
                .hasMessageContaining("program 0.2.0 was not ready in 1 s")
                .hasMessageContaining("runs again");

        assertThat(daemon.lives()).containsExactly("old", "broken", "old");
        assertThat(Files.readSymbolicLink(daemon.link)).isEqualTo(directory.resolve("old"));
    }

    @Test
    void aProgramThatIsTwoFormatsAheadIsRefusedAndNothingIsTouched() throws Exception {
        Path far = daemon.install("far", "wasm-sandboxer 0.3.0 (commit c, state format 3)");

        refused(() -> upgrade().replace(far, daemon.link, NAME))
                .hasMessageContaining("program 0.3.0 knows state format 2 and 3")
                .hasMessageContaining("upgrade to a program in between");

        assertThat(daemon.lives()).containsExactly("old");
    }

    @Test
    void thereIsNoWayBackOverACommit() throws Exception {
        new NotedFormat(1, 2, "0.2.0").write(daemon.state);
        assertThat(upgrade().commit()).isEqualTo(2);

        assertThat(daemon.noted()).isEqualTo(new NotedFormat(2, 2, "0.2.0"));
        refused(() -> upgrade().replace(directory.resolve("old"), daemon.link, NAME))
                .hasMessageContaining("there is no way back once an upgrade is committed");
        refused(() -> upgrade().commit()).hasMessageContaining("there is nothing to commit");
    }

    @Test
    void aDaemonThatNothingProtectsIsNotReplaced() throws Exception {
        daemon.isProtected = false;
        Path next = daemon.install("new", "wasm-sandboxer 0.2.0 (commit b, state format 2)");

        refused(() -> upgrade().replace(next, daemon.link, NAME))
                .hasMessageContaining("run it under sandboxctl supervise");

        assertThat(daemon.lives()).containsExactly("old");
    }

    @Test
    void whatIsNoDistributionIsRefused() throws Exception {
        refused(() -> upgrade().replace(directory, daemon.link, NAME))
                .hasMessageContaining("--to names the directory of a distribution");
        Path odd = daemon.install("odd", "hello");
        refused(() -> upgrade().replace(odd, daemon.link, NAME))
                .hasMessageContaining("does not say which state format it knows, but \"hello\"");
    }

    @Test
    void aDaemonThatIsNotStartedThroughALinkIsNotReplaced() throws Exception {
        Path next = daemon.install("new", "wasm-sandboxer 0.2.0 (commit b, state format 2)");

        refused(() -> upgrade().replace(next, directory.resolve("old"), NAME))
                .hasMessageContaining("is not a symbolic link");
    }

    private Upgrade upgrade() {
        return new Upgrade(daemon.state, daemon.metrics, Duration.ofSeconds(30));
    }

    private static AbstractThrowableAssert<?, ?> refused(ThrowingCallable step) {
        return assertThatThrownBy(step).isInstanceOf(UpgradeException.class);
    }
}
