// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with failpoints enabled; the build sets the environment variable. */
@Timeout(60)
class FailpointTest {
    private static final int KILLED = 137;

    @AfterEach
    void disarm() {
        Failpoint.disarm();
    }

    @Test
    void aPointThatIsNotArmedDoesNothing() {
        Failpoint.arm("other=fail");
        Failpoint.at("step");
    }

    @Test
    void aPointFailsAtItsFirstPassOnly() {
        Failpoint.arm("step=fail");
        assertThatExceptionOfType(SandboxException.Failed.class)
                .isThrownBy(() -> Failpoint.at("step"))
                .withMessageContaining("step");
        Failpoint.at("step");
    }

    @Test
    void aPointActsAtThePassThatItWasArmedFor() {
        Failpoint.arm("step=fail@3");
        Failpoint.at("step");
        Failpoint.at("step");
        assertThatThrownBy(() -> Failpoint.at("step")).isInstanceOf(SandboxException.Failed.class);
        Failpoint.at("step");
    }

    @Test
    void severalPointsAreArmedAtOnce() {
        Failpoint.arm(" a.b=fail ; c-d=fail@2;; ");
        assertThatThrownBy(() -> Failpoint.at("a.b")).isInstanceOf(SandboxException.Failed.class);
        Failpoint.at("c-d");
        assertThatThrownBy(() -> Failpoint.at("c-d")).isInstanceOf(SandboxException.Failed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "step",
                "step=",
                "=kill",
                "step=burn",
                "step=kill@0",
                "step=kill@x",
                "a b=kill"
            })
    void whatIsNoPointIsRefusedInWords(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Failpoint.arm(text))
                .withMessageContaining(text);
    }

    @Test
    void killAndStopAreSignalsOfThisProcess() {
        List<Integer> sent = new ArrayList<>();
        Failpoint.signalBy(sent::add);
        Failpoint.arm("dies=kill;stands=stop");
        Failpoint.at("dies");
        Failpoint.at("stands");
        assertThat(sent).containsExactly(9, 19);
    }

    @Test
    void aHaltedThreadNeverGoesOnAndAnInterruptDoesNotWakeIt() throws InterruptedException {
        Failpoint.arm("step=halt");
        var thread = Thread.ofVirtual().start(() -> Failpoint.at("step"));
        Failpoint.awaitHalt("step");
        thread.interrupt();
        Failpoint.disarm();
        assertThat(thread.join(Duration.ofMillis(50))).isFalse();
    }

    @Test
    void aProcessKillsItselfAtAPointOfItsEnvironment() throws Exception {
        assertThat(codeOf(Optional.of("here=kill@2"))).isEqualTo(KILLED);
        assertThat(codeOf(Optional.of("elsewhere=kill"))).isZero();
    }

    @Test
    void withoutTheVariableNothingCanBeArmed() throws Exception {
        assertThat(codeOf(Optional.empty())).isEqualTo(Passing.OFF);
    }

    private static int codeOf(Optional<String> points) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command =
                new ProcessBuilder(
                                java,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Passing.class.getName())
                        .inheritIO();
        command.environment().remove(Failpoint.ENVIRONMENT);
        points.ifPresent(armed -> command.environment().put(Failpoint.ENVIRONMENT, armed));
        var process = command.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** A program that passes a point twice. */
    static final class Passing {
        static final int OFF = 3;

        public static void main(String[] arguments) {
            Failpoint.at("here");
            Failpoint.at("here");
            System.exit(Failpoint.enabled() ? 0 : OFF);
        }
    }
}
