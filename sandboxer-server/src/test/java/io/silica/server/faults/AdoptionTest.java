// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.begin;
import static io.silica.server.faults.Ground.refused;
import static io.silica.server.faults.Ground.succeeds;
import static io.silica.server.faults.Ground.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.server.registry.Continuity;
import io.silica.ttrpc.StatusCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What hinders a daemon that comes back, and what that is to the others. */
@LeakCheck
class AdoptionTest {
    /** Long enough for any machine: what waits for an agent that is held fails, or never ends. */
    private static final Duration AT_ONCE = Duration.ofMinutes(1);

    private static final int MANY = 100;

    @TempDir Path directory;
    private Ground ground;

    @BeforeEach
    void startDaemon() throws IOException {
        ground = new Ground(directory, Continuity.KEPT);
    }

    @AfterEach
    void stopDaemon() {
        ground.nothingIsLeft();
        ground.close();
    }

    @Test
    void oneAgentThatStandsStillDelaysNoOther() {
        for (int i = 0; i < MANY; i++) {
            ground.run("s" + i);
            ground.runTask("s" + i, "c" + i);
        }
        ground.stopDaemon();
        ground.faults.hold("agent s0");
        ground.startDaemon();
        until(() -> ground.faults.waiting("agent s0") == 1);

        for (int i = 1; i < MANY; i++) {
            String pod = "s" + i;
            String container = "c" + i;
            isAnsweredFromItsRecord(pod, container);
            isAtOnce(() -> ground.endTask(container));
            isAtOnce(() -> ground.daemon().shutdown(pod));
        }
        assertThat(ground.faults.waiting("agent s0")).isOne();

        isAnsweredFromItsRecord("s0", "c0");
        ground.faults.release("agent s0");
        ground.endTask("c0");
        ground.daemon().shutdown("s0");
    }

    private void isAnsweredFromItsRecord(String sandbox, String container) {
        isAtOnce(() -> {
            assertThat(ground.daemon().status(sandbox).getState()).isEqualTo("SANDBOX_READY");
            assertThat(ground.tasks().state(container).getStatus())
                    .isEqualTo(io.silica.proto.containerd.task.Status.RUNNING);
            assertThat(ground.tasks().connect(container).getTaskPid()).isPositive();
            assertThat(ground.tasks().pids(container).getProcessesList()).isNotEmpty();
        });
    }

    private static void isAtOnce(Runnable calls) {
        long began = System.nanoTime();
        calls.run();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(AT_ONCE);
    }

    @Test
    void aChangeGoesOnWhenItsAgentAnswersAgain() {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.stopDaemon();
        ground.faults.hold("agent s1");
        ground.startDaemon();
        until(() -> ground.faults.waiting("agent s1") == 1);
        var kill = begin(() -> ground.tasks().kill("c1", Ground.KILL));
        var wait = begin(() -> ground.tasks().await("c1"));
        ground.tasks().state("c1");
        assertThat(kill).isNotDone();
        assertThat(wait).isNotDone();

        ground.faults.release("agent s1");
        succeeds(kill);
        succeeds(wait);
        ground.daemon().shutdown("s1");
    }

    @Test
    void aChangeIsUnavailableWhenItsAgentDoesNotAnswerInTime() {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.stopDaemon();
        ground.faults.hold("agent s1");
        ground.startDaemon();
        refused(StatusCode.UNAVAILABLE, () -> ground.tasks().kill("c1", Ground.KILL));

        // The sandbox can be ended without its agent.
        ground.daemon().stop("s1");
        ground.faults.release("agent s1");
        assertThat(ground.tasks().await("c1").getExitStatus()).isEqualTo(137);
        ground.daemon().shutdown("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sandbox.adopt", "sandbox.adopt-containers"})
    void aKindThatFailsForAReasonThatPassesIsAskedAgain(String step) {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.stopDaemon();
        ground.faults.failNext(step, new SandboxException.Unavailable("later"));
        ground.startDaemon();

        isAnsweredFromItsRecord("s1", "c1");
        ground.endTask("c1");
        assertThat(ground.records().resolve("quarantine")).doesNotExist();
        ground.daemon().shutdown("s1");
    }

    @Test
    void aKindThatCannotDoAnythingWithARecordIsNotAskedAgain() throws IOException {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.stopDaemon();
        byte[] record = Files.readAllBytes(ground.record("s1"));
        ground.faults.failNext("sandbox.adopt", new SandboxException.InvalidArgument("no sense"));
        ground.startDaemon();

        refused(Status.Code.NOT_FOUND, () -> ground.daemon().status("s1"));
        refused(StatusCode.NOT_FOUND, () -> ground.tasks().state("c1"));
        isSetAsideAndLivesOn("s1", "c1", record);
    }

    @ParameterizedTest
    @EnumSource(
            value = RestartTest.Damage.class,
            names = "ABOUT_ANOTHER_SANDBOX",
            mode = EnumSource.Mode.EXCLUDE)
    void whatStandsBehindARecordThatCannotBeTrustedLivesOn(RestartTest.Damage damage)
            throws IOException {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.stopDaemon();
        byte[] record = Files.readAllBytes(ground.record("s1"));
        damage.inflict(ground.record("s1"));
        ground.startDaemon();

        refused(StatusCode.NOT_FOUND, () -> ground.tasks().state("c1"));
        isSetAsideAndLivesOn("s1", "c1", record);
    }

    private void isSetAsideAndLivesOn(String sandbox, String container, byte[] record)
            throws IOException {
        Path quarantine = ground.records().resolve("quarantine");
        assertThat(Ground.names(quarantine)).containsExactly(sandbox + ".json");
        assertThat(ground.daemon().ask("/metrics"))
                .contains("silica_records_quarantined_total 1.0");
        // A whole life of another sandbox, so that whatever is done in the background is done.
        ground.run("other");
        ground.runTask("other", "o1");
        ground.endTask("o1");
        ground.daemon().shutdown("other");
        assertThat(ground.survivors.has(new SandboxId(sandbox), new ContainerId(container)))
                .isTrue();
        assertThat(ground.rootfs()).hasSize(1);
        assertThat(ground.pods().resolve(sandbox)).isDirectory();

        ground.stopDaemon();
        Files.delete(quarantine.resolve(sandbox + ".json"));
        Files.delete(quarantine);
        Files.deleteIfExists(ground.records().resolve("elsewhere"));
        Files.write(ground.record(sandbox), record);
        ground.startDaemon();
        ground.endTask(container);
        ground.daemon().shutdown(sandbox);
    }

    @Test
    void aContainerThatVanishedIsToldAsKilled() {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.stopDaemon();
        ground.survivors.forget(new ContainerId("c1"));
        ground.startDaemon();
        assertThat(ground.tasks().await("c1").getExitStatus()).isEqualTo(137);
        assertThat(ground.tasks().delete("c1").getExitStatus()).isEqualTo(137);
        ground.daemon().shutdown("s1");
    }

    @Test
    void theContainersOfASandboxThatDiedAreToldAsKilled() {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.createTask("s1", "c2");
        ground.stopDaemon();
        ground.survivors.lose(new SandboxId("s1"));
        ground.startDaemon();
        assertThat(ground.daemon().status("s1").getState()).isEqualTo("SANDBOX_NOTREADY");
        assertThat(ground.await("s1").getExitStatus()).isEqualTo(255);
        assertThat(ground.tasks().await("c1").getExitStatus()).isEqualTo(137);
        assertThat(ground.tasks().delete("c2").getExitStatus()).isEqualTo(137);
        ground.daemon().stop("s1");
        ground.daemon().shutdown("s1");
    }

    @Test
    void aDaemonEndsAtOnceThoughItsRecoveryStandsStill() {
        ground.run("s1");
        ground.stopDaemon();
        ground.faults.hold("agent s1");
        ground.startDaemon();
        until(() -> ground.faults.waiting("agent s1") == 1);
        long began = System.nanoTime();
        ground.stopDaemon();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(AT_ONCE);
        ground.faults.release("agent s1");
        ground.startDaemon();
        ground.daemon().shutdown("s1");
    }
}
