// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import io.grpc.Status.Code;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.PauseRequest;
import io.silica.proto.containerd.task.ResumeRequest;
import io.silica.proto.containerd.task.Status;
import io.silica.sandbox.Failpoint;
import io.silica.server.contract.ExecProcess;
import io.silica.ttrpc.StatusCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The moments at which a daemon can die in a call: here the daemon lives, and the call fails. */
@LeakCheck
class FailedMomentTest {
    @TempDir Path directory;
    private Ground ground;

    @BeforeEach
    void startDaemon() throws IOException {
        ground = new Ground(directory);
    }

    @AfterEach
    void stopDaemon() {
        Failpoint.disarm();
        ground.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "reserved", "prepared", "done", "noted"})
    void aCreationOfASandboxThatFailsAnywhereLeavesNothing(String moment) {
        fails("sandbox.create." + moment, () -> ground.daemon().create("s1"));
        ground.nothingIsLeft();
        livesItsLife("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted"})
    void aStartOfASandboxThatFailsAnywhereRemovesIt(String moment) {
        ground.daemon().create("s1");
        fails("sandbox.start." + moment, () -> ground.daemon().start("s1"));
        refused(Code.NOT_FOUND, () -> ground.daemon().status("s1"));
        ground.nothingIsLeft();
        livesItsLife("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done"})
    void aStopOfASandboxThatFailsAnywhereCanBeRepeated(String moment) {
        ground.run("s1");
        ground.runTask("s1", "c1");
        fails("sandbox.stop." + moment, () -> ground.daemon().stop("s1"));
        ground.daemon().stop("s1");
        assertThat(ground.daemon().status("s1").getState()).isEqualTo("SANDBOX_NOTREADY");
        assertThat(ground.tasks().await("c1").getExitStatus()).isEqualTo(137);
        shutDown("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "closed", "released", "noted"})
    void aShutdownThatFailsAnywhereCanBeRepeated(String moment) {
        ground.run("s1");
        ground.runTask("s1", "c1");
        fails("sandbox.shutdown." + moment, () -> ground.daemon().shutdown("s1"));
        shutDown("s1");
        refused(StatusCode.NOT_FOUND, () -> ground.tasks().state("c1"));
        livesItsLife("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted"})
    void anUpdateOfASandboxThatFailsAnywhereCanBeRepeated(String moment) {
        ground.run("s1");
        String wanted = "{\"Resources\":{\"cpu_shares\":512}}";
        fails("sandbox.update." + moment, () -> ground.update("s1", wanted));
        ground.update("s1", wanted);
        assertThat(read(ground.record("s1"))).contains("\"cpuShares\":512");
        shutDown("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "reserved", "mounted", "done", "noted"})
    void aCreationOfAContainerThatFailsAnywhereLeavesNothing(String moment) {
        ground.run("s1");
        fails("task.create." + moment, () -> ground.createTask("s1", "c1"));
        nothingOfTheContainerIsLeft("c1");
        ground.runTask("s1", "c1");
        ground.endTask("c1");
        shutDown("s1");
    }

    /** What containerd does then: it deletes the container. */
    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted"})
    void aContainerWhoseStartFailsAnywhereCanBeDeleted(String moment) {
        ground.run("s1");
        ground.createTask("s1", "c1");
        fails("task.start." + moment, () -> ground.tasks().start("c1"));
        boolean started = ground.survivors.effects().contains("start c1");
        assertThat(started).isEqualTo(!moment.equals("before"));
        assertThat(ground.tasks().state("c1").getStatus())
                .isEqualTo(started ? Status.RUNNING : Status.CREATED);
        ground.endTask("c1");
        nothingOfTheContainerIsLeft("c1");
        shutDown("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done"})
    void aContainerWhoseKillFailsAnywhereEndsByTheNextOne(String moment) {
        ground.run("s1");
        ground.runTask("s1", "c1");
        fails("task.kill." + moment, () -> ground.tasks().kill("c1", Ground.KILL));
        if (moment.equals("done")) {
            refused(StatusCode.NOT_FOUND, () -> ground.tasks().kill("c1", Ground.KILL));
        } else {
            ground.tasks().kill("c1", Ground.KILL);
        }
        assertThat(ground.tasks().await("c1").getExitStatus()).isEqualTo(137);
        shutDown("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "ended", "done", "released"})
    void aDeleteThatFailsAnywhereCanBeRepeated(String moment) {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.tasks().kill("c1", 15);
        var exit = ground.tasks().await("c1");
        fails("task.delete." + moment, () -> ground.tasks().delete("c1"));
        var deleted = ground.tasks().delete("c1");
        assertThat(deleted.getExitStatus()).isEqualTo(143);
        assertThat(deleted.getExitedAt()).isEqualTo(exit.getExitedAt());
        nothingOfTheContainerIsLeft("c1");
        ground.runTask("s1", "c1");
        shutDown("s1");
    }

    /** containerd takes NotFound for done. */
    @Test
    void aDeleteThatFailsWhenAllIsDoneIsNotFoundWhenItIsRepeated() {
        ground.run("s1");
        ground.createTask("s1", "c1");
        fails("task.delete.noted", () -> ground.tasks().delete("c1"));
        refused(StatusCode.NOT_FOUND, () -> ground.tasks().delete("c1"));
        nothingOfTheContainerIsLeft("c1");
        ground.runTask("s1", "c1");
        shutDown("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted"})
    void aContainerGoesOnAndCanBeDeletedWhereverAnExecFails(String moment) {
        ground.run("s1");
        ground.runTask("s1", "c1");
        var exec =
                ExecProcessRequest.newBuilder()
                        .setId("c1")
                        .setExecId("e1")
                        .setSpec(ExecProcess.spec(List.of("sleep")))
                        .build();
        fails("task.exec." + moment, () -> empty("Exec", exec));
        assertThat(ground.tasks().state("c1").getStatus()).isEqualTo(Status.RUNNING);
        empty("Exec", exec.toBuilder().setExecId("e2").build());
        ground.endTask("c1");
        nothingOfTheContainerIsLeft("c1");
        shutDown("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted"})
    void aPauseAndAResumeThatFailAnywhereCanBeRepeated(String moment) {
        ground.run("s1");
        ground.runTask("s1", "c1");
        var pause = PauseRequest.newBuilder().setId("c1").build();
        fails("task.pause." + moment, () -> empty("Pause", pause));
        if (!moment.equals("noted")) {
            empty("Pause", pause);
        }
        assertThat(ground.tasks().state("c1").getStatus()).isEqualTo(Status.PAUSED);
        var resume = ResumeRequest.newBuilder().setId("c1").build();
        fails("task.resume." + moment, () -> empty("Resume", resume));
        if (!moment.equals("noted")) {
            empty("Resume", resume);
        }
        assertThat(ground.tasks().state("c1").getStatus()).isEqualTo(Status.RUNNING);
        shutDown("s1");
    }

    private void empty(String method, MessageLite request) {
        var _ = ground.tasks().task(method, request, Empty.parser());
    }

    private static void fails(String point, ThrowingCallable call) {
        Failpoint.arm(point + "=fail");
        assertThatThrownBy(call).hasMessageContaining("failpoint " + point + " is armed");
    }

    private void livesItsLife(String sandbox) {
        ground.run(sandbox);
        ground.runTask(sandbox, "c1");
        ground.endTask("c1");
        shutDown(sandbox);
    }

    private void shutDown(String sandbox) {
        ground.daemon().shutdown(sandbox);
        ground.nothingIsLeft();
        assertThat(ground.survivors.containers()).isEmpty();
    }

    private void nothingOfTheContainerIsLeft(String container) {
        refused(StatusCode.NOT_FOUND, () -> ground.tasks().state(container));
        assertThat(ground.survivors.containers()).isEmpty();
        assertThat(ground.rootfs()).isEmpty();
        assertThat(read(ground.record("s1"))).doesNotContain("/" + container);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
