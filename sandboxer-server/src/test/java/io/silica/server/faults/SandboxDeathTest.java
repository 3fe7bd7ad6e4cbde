// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.refused;
import static io.silica.server.faults.Ground.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.silica.proto.containerd.sandbox.ControllerMetricsRequest;
import io.silica.proto.containerd.sandbox.ControllerPlatformRequest;
import io.silica.proto.containerd.sandbox.ControllerWaitRequest;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.server.registry.Continuity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each method of the Controller service that changes something, each moment at which a daemon can
 * die in it: the table of docs/recovery.md. These calls are not begun again by the next life: the
 * caller hears of the death and asks again. A thread that died stands still for ever, so there is
 * no leak check here.
 */
@Timeout(120)
class SandboxDeathTest {
    private static final String READY = "SANDBOX_READY";
    private static final String NOT_READY = "SANDBOX_NOTREADY";
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir Path directory;
    private Ground ground;
    private Deaths deaths;

    @BeforeEach
    void startDaemon() throws IOException {
        ground = new Ground(directory, Continuity.KEPT);
        deaths = new Deaths(ground);
    }

    @AfterEach
    void nothingIsLeft() {
        ground.nothingIsLeft();
        ground.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "reserved", "prepared", "done"})
    void aSandboxThatWasHalfMadeIsUndone(String moment) {
        deaths.during(moment, "sandbox.create", () -> ground.daemon().create("s1"));

        until(() -> isGone("s1"));
        ground.nothingIsLeft();
        livesItsLife("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"noted", "answered"})
    void aSandboxThatWasMadeIsKept(String moment) {
        deaths.during(moment, "sandbox.create", () -> ground.daemon().create("s1"));

        assertThat(ground.daemon().status("s1").getState()).isEqualTo(NOT_READY);
        refused(Status.Code.ALREADY_EXISTS, () -> ground.daemon().create("s1"));
        ground.daemon().start("s1");
        assertThat(ground.daemon().status("s1").getState()).isEqualTo(READY);
        ground.daemon().shutdown("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"noted", "answered"})
    void aSandboxThatWasMadeAndThatNobodyStartsIsRemoved(String moment) throws IOException {
        deaths.during(moment, "sandbox.create", () -> ground.daemon().create("s1"));

        isRemovedWhenItsTimeIsOver();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted", "answered"})
    void aSandboxOfWhichNobodySpeaksAfterItsStartIsRemoved(String moment) throws IOException {
        ground.daemon().create("s1");
        deaths.during(moment, "sandbox.start", () -> ground.daemon().start("s1"));

        isRemovedWhenItsTimeIsOver();
    }

    private void isRemovedWhenItsTimeIsOver() throws IOException {
        assertThat(ground.daemon().registry().sandboxes()).hasSize(1);
        ground.stopDaemon();
        ground = ground.limitedTo(SHORT);
        until(() -> ground.daemon().registry().sandboxes().isEmpty());
        ground.nothingIsLeft();
    }

    @Test
    void questionsAreAnsweredFromWhatIsSo() {
        ground.run("s1");
        var status = ground.daemon().status("s1");
        deaths.during(Deaths.ANSWERED, "", () -> {});

        assertThat(ground.daemon().status("s1")).isEqualTo(status);
        assertThat(platform()).isEqualTo("linux");
        until(this::hasFigures);
        var wait = ground.daemon().waiting().wait(waitFor("s1"));
        assertThat(platform()).isEqualTo("linux");
        assertThat(wait).isNotDone();
        ground.daemon().stop("s1");
        assertThat(wait).succeedsWithin(Duration.ofSeconds(30));
        var ended = ground.await("s1");

        deaths.during(Deaths.ANSWERED, "", () -> {});
        assertThat(ground.await("s1")).isEqualTo(ended);
        assertThat(ground.daemon().status("s1").getExitedAt()).isEqualTo(ended.getExitedAt());
        refused(Status.Code.UNAVAILABLE, this::hasFiguresNow);
        ground.daemon().shutdown("s1");
    }

    private String platform() {
        return ground.daemon()
                .controller()
                .platform(ControllerPlatformRequest.newBuilder().setSandboxId("s1").build())
                .getPlatform()
                .getOs();
    }

    /** The next life may still have to look for the sandbox. */
    private boolean hasFigures() {
        try {
            return hasFiguresNow();
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            return false;
        }
    }

    private boolean hasFiguresNow() {
        return ground.daemon()
                .controller()
                .metrics(ControllerMetricsRequest.newBuilder().setSandboxId("s1").build())
                .getMetrics()
                .hasData();
    }

    private static ControllerWaitRequest waitFor(String sandbox) {
        return ControllerWaitRequest.newBuilder().setSandboxId(sandbox).build();
    }

    @Test
    void whatCannotBeUndoneYetIsTriedAgain() {
        ground.faults.failNext("sandbox.close", new SandboxException.Unavailable("later"));
        deaths.during("done", "sandbox.create", () -> ground.daemon().create("s1"));

        until(() -> isGone("s1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted", "answered"})
    void aStartCanBeRepeated(String moment) {
        ground.daemon().create("s1");
        deaths.during(moment, "sandbox.start", () -> ground.daemon().start("s1"));

        ground.daemon().start("s1");
        assertThat(ground.daemon().status("s1").getState()).isEqualTo(READY);
        ground.runTask("s1", "c1");
        ground.daemon().shutdown("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "answered"})
    void aStopCanBeRepeated(String moment) {
        ground.run("s1");
        ground.runTask("s1", "c1");
        deaths.during(moment, "sandbox.stop", () -> ground.daemon().stop("s1"));

        ground.daemon().stop("s1");
        assertThat(ground.daemon().status("s1").getState()).isEqualTo(NOT_READY);
        assertThat(ground.await("s1").hasExitedAt()).isTrue();
        assertThat(ground.tasks().await("c1").getExitStatus()).isEqualTo(137);
        ground.tasks().delete("c1");
        ground.daemon().shutdown("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "closed", "released", "noted", "answered"})
    void aShutdownCanBeRepeated(String moment) {
        ground.run("s1");
        ground.runTask("s1", "c1");
        deaths.during(moment, "sandbox.shutdown", () -> ground.daemon().shutdown("s1"));

        if (moment.equals("noted") || moment.equals("answered")) {
            refused(Status.Code.NOT_FOUND, () -> ground.daemon().shutdown("s1"));
        } else {
            ground.daemon().shutdown("s1");
        }
        ground.nothingIsLeft();
        livesItsLife("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted", "answered"})
    void anUpdateCanBeRepeated(String moment) {
        ground.run("s1");
        deaths.during(moment, "sandbox.update", () -> update(512));

        update(512);
        assertThat(ground.record("s1")).content().contains("\"cpuShares\":512");
        ground.daemon().shutdown("s1");
    }

    @Test
    void whatNoRecordKnowsIsEndedAndRemoved() throws IOException {
        ground.run("s1");
        ground.run("s2");
        ground.stopDaemon();
        Files.delete(ground.record("s1"));
        ground.startDaemon();

        until(() -> !ground.survivors.has(new SandboxId("s1")));
        until(() -> !Ground.names(ground.pods()).contains("s1"));
        assertThat(ground.daemon().status("s2").getState()).isEqualTo(READY);
        ground.daemon().shutdown("s2");
    }

    private void update(int cpuShares) {
        ground.update("s1", "{\"Resources\":{\"cpu_shares\":%d}}".formatted(cpuShares));
    }

    private boolean isGone(String sandbox) {
        try {
            ground.daemon().status(sandbox);
            return false;
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
            return Ground.names(ground.pods()).isEmpty();
        }
    }

    private void livesItsLife(String sandbox) {
        ground.run(sandbox);
        ground.runTask(sandbox, "c1");
        ground.endTask("c1");
        ground.daemon().shutdown(sandbox);
    }
}
