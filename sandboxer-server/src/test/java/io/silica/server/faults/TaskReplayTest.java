// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.refused;
import static io.silica.server.faults.Ground.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import io.silica.proto.containerd.task.CheckpointTaskRequest;
import io.silica.proto.containerd.task.CloseIORequest;
import io.silica.proto.containerd.task.ConnectRequest;
import io.silica.proto.containerd.task.ConnectResponse;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.containerd.task.DeleteRequest;
import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.PauseRequest;
import io.silica.proto.containerd.task.PidsRequest;
import io.silica.proto.containerd.task.PidsResponse;
import io.silica.proto.containerd.task.ResizePtyRequest;
import io.silica.proto.containerd.task.ResumeRequest;
import io.silica.proto.containerd.task.ShutdownRequest;
import io.silica.proto.containerd.task.StartRequest;
import io.silica.proto.containerd.task.StartResponse;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.StatsRequest;
import io.silica.proto.containerd.task.StatsResponse;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.UpdateTaskRequest;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.sandbox.ContainerId;
import io.silica.server.contract.ExecProcess;
import io.silica.server.registry.Continuity;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each method of the Task service, each moment at which a daemon can die in it: the table of
 * docs/recovery.md. A thread that died stands still for ever, so there is no leak check here.
 */
@Timeout(120)
class TaskReplayTest {
    @TempDir Path directory;
    private Ground ground;
    private Deaths deaths;

    @BeforeEach
    void startDaemon() throws IOException {
        ground = new Ground(directory, Continuity.KEPT);
        deaths = new Deaths(ground);
        ground.run("s1");
    }

    @AfterEach
    void removePod() {
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
        assertThat(ground.survivors.containers()).isEmpty();
        ground.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "reserved", "mounted", "done", "noted", "answered"})
    void create(String moment) {
        CreateTaskRequest request = ground.bundle("s1", "c1", "sleep").request().build();
        deaths.during(moment, "task.create", () -> ground.tasks().create(request));

        assertThat(replay("Create", request, CreateTaskResponse.parser()).getPid()).isPositive();
        assertThat(ground.tasks().state("c1").getStatus()).isEqualTo(Status.CREATED);
        assertThat(ground.survivors.containers()).containsExactly("c1");
        assertThat(ground.rootfs()).hasSize(1);
        assertThat(effects("create c1")).isEqualTo(moment.equals("done") ? 2 : 1);
        ground.tasks().start("c1");
        ground.endTask("c1");
        assertThat(ground.rootfs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "reserved", "mounted", "done"})
    void createWithoutAReplayIsUndone(String moment) {
        CreateTaskRequest request = ground.bundle("s1", "c1", "sleep").request().build();
        deaths.during(moment, "task.create", () -> ground.tasks().create(request));

        until(() -> ground.rootfs().isEmpty() && ground.survivors.containers().isEmpty());
        refused(StatusCode.NOT_FOUND, () -> ground.tasks().state("c1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted", "answered"})
    void start(String moment) {
        ground.createTask("s1", "c1");
        deaths.during(moment, "task.start", () -> ground.tasks().start("c1"));

        assertThat(replay("Start", started(""), StartResponse.parser()).getPid()).isPositive();
        assertThat(ground.tasks().state("c1").getStatus()).isEqualTo(Status.RUNNING);
        assertThat(effects("start c1")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"done", "noted", "answered"})
    void startOfWhatHasEndedMeanwhile(String moment) {
        ground.createTask("s1", "c1");
        deaths.during(
                moment,
                "task.start",
                () -> {
                    ground.tasks().start("c1");
                });
        ground.survivors.end(new ContainerId("c1"), 7);

        assertThat(replay("Start", started(""), StartResponse.parser()).getPid()).isPositive();
        assertThat(ground.tasks().await("c1").getExitStatus()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "answered"})
    void kill(String moment) {
        ground.runTask("s1", "c1");
        deaths.during(moment, "task.kill", () -> ground.tasks().kill("c1", Ground.KILL));

        replay("Kill", killed(Ground.KILL), Empty.parser());
        assertThat(ground.tasks().await("c1").getExitStatus()).isEqualTo(137);
        assertThat(effects("kill c1 9")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "answered"})
    void killOfAnAddedProcess(String moment) {
        ground.runTask("s1", "c1");
        add();
        startExec();
        deaths.during(moment, "task.kill", () -> empty("Kill", killed("e1", Ground.KILL)));

        replay("Kill", killed("e1", Ground.KILL), Empty.parser());
        assertThat(ground.tasks().task("Wait", waitFor("e1"), WaitResponse.parser()))
                .extracting(WaitResponse::getExitStatus)
                .isEqualTo(137);
        assertThat(effects("kill c1/e1 9")).isEqualTo(1);
        assertThat(ground.tasks().state("c1").getStatus()).isEqualTo(Status.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "answered"})
    void aSignalThatEndsNothingIsSentAtLeastOnce(String moment) {
        ground.runTask("s1", "c1");
        deaths.during(moment, "task.kill", () -> ground.tasks().kill("c1", 0));

        replay("Kill", killed(0), Empty.parser());
        assertThat(effects("kill c1 0")).isEqualTo(moment.equals("before") ? 1 : 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "ended", "done", "released", "noted", "answered"})
    void delete(String moment) {
        ground.runTask("s1", "c1");
        ground.tasks().kill("c1", 15);
        Timestamp at = ground.tasks().await("c1").getExitedAt();
        deaths.during(moment, "task.delete", () -> ground.tasks().delete("c1"));

        var deleted = replay("Delete", deleted(""), DeleteResponse.parser());
        assertThat(deleted.getExitStatus()).isEqualTo(143);
        assertThat(deleted.getExitedAt()).isEqualTo(at);
        assertThat(deleted.getPid()).isPositive();
        refused(StatusCode.NOT_FOUND, () -> ground.tasks().state("c1"));
        assertThat(ground.survivors.containers()).isEmpty();
        assertThat(ground.rootfs()).isEmpty();
        ground.runTask("s1", "c1");
        ground.endTask("c1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "ended", "done", "released", "noted", "answered"})
    void deleteOfWhatNeverRan(String moment) {
        ground.createTask("s1", "c1");
        deaths.during(moment, "task.delete", () -> ground.tasks().delete("c1"));

        assertThat(replay("Delete", deleted(""), DeleteResponse.parser()).getExitStatus())
                .isEqualTo(137);
        assertThat(ground.survivors.containers()).isEmpty();
        assertThat(ground.rootfs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted", "answered"})
    void exec(String moment) {
        ground.runTask("s1", "c1");
        deaths.during(moment, "task.exec", this::add);

        replay("Exec", added(), Empty.parser());
        assertThat(execState()).isEqualTo(Status.CREATED);
        assertThat(effects("exec c1/e1")).isEqualTo(moment.equals("done") ? 2 : 1);
        startExec();
        assertThat(execState()).isEqualTo(Status.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted", "answered"})
    void startOfAnAddedProcess(String moment) {
        ground.runTask("s1", "c1");
        add();
        deaths.during(moment, "task.start", this::startExec);

        assertThat(replay("Start", started("e1"), StartResponse.parser()).getPid()).isPositive();
        assertThat(execState()).isEqualTo(Status.RUNNING);
        assertThat(effects("start c1/e1")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "ended", "done", "noted", "answered"})
    void deleteOfAnAddedProcess(String moment) {
        ground.runTask("s1", "c1");
        add();
        deaths.during(
                moment,
                "task.delete",
                () -> ground.tasks().task("Delete", deleted("e1"), DeleteResponse.parser()));

        assertThat(replay("Delete", deleted("e1"), DeleteResponse.parser()).getExitStatus())
                .isEqualTo(137);
        refused(StatusCode.NOT_FOUND, this::execState);
        assertThat(ground.tasks().state("c1").getStatus()).isEqualTo(Status.RUNNING);
    }

    @Test
    void waitForWhatRuns() {
        ground.runTask("s1", "c1");
        deaths.during("answered", "task.wait", () -> {});

        try (var wait = Replay.begin(ground.daemon().registry(), "Wait", waitFor())) {
            ground.tasks().state("c1");
            assertThat(wait.isAnswered()).isFalse();
            ground.tasks().kill("c1", Ground.KILL);
            assertThat(wait.await(WaitResponse.parser()).getExitStatus()).isEqualTo(137);
        }
    }

    @Test
    void waitForAnAddedProcess() {
        ground.runTask("s1", "c1");
        add();
        startExec();
        deaths.during("answered", "task.wait", () -> {});

        try (var wait = Replay.begin(ground.daemon().registry(), "Wait", waitFor("e1"))) {
            assertThat(execState()).isEqualTo(Status.RUNNING);
            assertThat(wait.isAnswered()).isFalse();
            empty("Kill", killed("e1", Ground.KILL));
            assertThat(wait.await(WaitResponse.parser()).getExitStatus()).isEqualTo(137);
        }
        deaths.during(
                "noted",
                "task.delete",
                () -> ground.tasks().task("Delete", deleted("e1"), DeleteResponse.parser()));
        assertThat(replay("Wait", waitFor("e1"), WaitResponse.parser()).getExitStatus())
                .isEqualTo(137);
    }

    @Test
    void waitForWhatHasEndedOrWasDeletedMeanwhile() {
        ground.runTask("s1", "c1");
        ground.tasks().kill("c1", 15);
        Timestamp at = ground.tasks().await("c1").getExitedAt();
        deaths.during("answered", "task.wait", () -> {});
        assertThat(replay("Wait", waitFor(), WaitResponse.parser()).getExitedAt()).isEqualTo(at);

        deaths.during("noted", "task.delete", () -> ground.tasks().delete("c1"));
        assertThat(replay("Wait", waitFor(), WaitResponse.parser()).getExitedAt()).isEqualTo(at);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted", "answered"})
    void pause(String moment) {
        ground.runTask("s1", "c1");
        var request = PauseRequest.newBuilder().setId("c1").build();
        deaths.during(moment, "task.pause", () -> empty("Pause", request));

        replay("Pause", request, Empty.parser());
        assertThat(ground.tasks().state("c1").getStatus()).isEqualTo(Status.PAUSED);
        assertThat(effects("pause c1")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "noted", "answered"})
    void resume(String moment) {
        ground.runTask("s1", "c1");
        empty("Pause", PauseRequest.newBuilder().setId("c1").build());
        var request = ResumeRequest.newBuilder().setId("c1").build();
        deaths.during(moment, "task.resume", () -> empty("Resume", request));

        replay("Resume", request, Empty.parser());
        assertThat(ground.tasks().state("c1").getStatus()).isEqualTo(Status.RUNNING);
        assertThat(effects("resume c1")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "answered"})
    void update(String moment) {
        ground.runTask("s1", "c1");
        var request =
                UpdateTaskRequest.newBuilder()
                        .setId("c1")
                        .setResources(Any.newBuilder().setValue(ByteString.copyFromUtf8("{}")))
                        .build();
        isRepeated(moment, "task.update", "Update", request, "update c1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "answered"})
    void closeIo(String moment) {
        ground.runTask("s1", "c1");
        var request = CloseIORequest.newBuilder().setId("c1").setStdin(true).build();
        isRepeated(moment, "task.close-stdin", "CloseIO", request, "close-stdin c1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "answered"})
    void resizePty(String moment) {
        CreateTaskRequest created =
                ground.bundle("s1", "c1", "sleep").request().setTerminal(true).build();
        ground.tasks().create(created);
        ground.tasks().start("c1");
        var request = ResizePtyRequest.newBuilder().setId("c1").setWidth(80).setHeight(24).build();
        isRepeated(moment, "task.resize", "ResizePty", request, "resize c1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "answered"})
    void closeIoOfAnAddedProcess(String moment) {
        ground.runTask("s1", "c1");
        add();
        startExec();
        var request =
                CloseIORequest.newBuilder().setId("c1").setExecId("e1").setStdin(true).build();
        isRepeated(moment, "task.close-stdin", "CloseIO", request, "close-stdin c1/e1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "done", "answered"})
    void resizePtyOfAnAddedProcess(String moment) {
        ground.runTask("s1", "c1");
        empty("Exec", added().toBuilder().setTerminal(true).build());
        startExec();
        var request =
                ResizePtyRequest.newBuilder()
                        .setId("c1")
                        .setExecId("e1")
                        .setWidth(80)
                        .setHeight(24)
                        .build();
        isRepeated(moment, "task.resize", "ResizePty", request, "resize c1/e1");
    }

    @Test
    void figuresAreMeasuredAgain() {
        ground.runTask("s1", "c1");
        deaths.during("answered", "", () -> {});

        until(this::hasFigures);
    }

    /** The next life may still have to look for the container. */
    private boolean hasFigures() {
        try {
            var request = StatsRequest.newBuilder().setId("c1").build();
            return replay("Stats", request, StatsResponse.parser()).hasStats();
        } catch (TtrpcException e) {
            assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE);
            return false;
        }
    }

    @Test
    void questionsAreAnsweredAgain() {
        ground.runTask("s1", "c1");
        deaths.during("answered", "", () -> {});

        var state = StateRequest.newBuilder().setId("c1").build();
        assertThat(replay("State", state, StateResponse.parser()).getStatus())
                .isEqualTo(Status.RUNNING);
        var connect = ConnectRequest.newBuilder().setId("c1").build();
        assertThat(replay("Connect", connect, ConnectResponse.parser()).getTaskPid()).isPositive();
        var pids = PidsRequest.newBuilder().setId("c1").build();
        assertThat(replay("Pids", pids, PidsResponse.parser()).getProcessesList()).isNotEmpty();
        replay("Shutdown", ShutdownRequest.newBuilder().setId("c1").build(), Empty.parser());
        var checkpoint = CheckpointTaskRequest.newBuilder().setId("c1").build();
        refused(StatusCode.UNIMPLEMENTED, () -> replay("Checkpoint", checkpoint, Empty.parser()));
        assertThat(ground.tasks().state("c1").getStatus()).isEqualTo(Status.RUNNING);
    }

    /** What says the same twice is carried out twice. */
    private void isRepeated(
            String moment, String point, String method, MessageLite request, String effect) {
        deaths.during(moment, point, () -> empty(method, request));

        replay(method, request, Empty.parser());
        assertThat(effects(effect)).isEqualTo(moment.equals("before") ? 1 : 2);
        assertThat(ground.tasks().state("c1").getStatus()).isEqualTo(Status.RUNNING);
    }

    private void add() {
        empty("Exec", added());
    }

    private void startExec() {
        ground.tasks().task("Start", started("e1"), StartResponse.parser());
    }

    private Status execState() {
        return ground.tasks()
                .task(
                        "State",
                        StateRequest.newBuilder().setId("c1").setExecId("e1").build(),
                        StateResponse.parser())
                .getStatus();
    }

    private int effects(String effect) {
        return Collections.frequency(ground.survivors.effects(), effect);
    }

    private <R> R replay(String method, MessageLite request, Parser<R> answers) {
        return Replay.call(ground.daemon().registry(), method, request, answers);
    }

    private void empty(String method, MessageLite request) {
        var _ = ground.tasks().task(method, request, Empty.parser());
    }

    private static ExecProcessRequest added() {
        return ExecProcessRequest.newBuilder()
                .setId("c1")
                .setExecId("e1")
                .setSpec(ExecProcess.spec(List.of("sleep")))
                .build();
    }

    private static StartRequest started(String exec) {
        return StartRequest.newBuilder().setId("c1").setExecId(exec).build();
    }

    private static DeleteRequest deleted(String exec) {
        return DeleteRequest.newBuilder().setId("c1").setExecId(exec).build();
    }

    private static KillRequest killed(int signal) {
        return killed("", signal);
    }

    private static KillRequest killed(String exec, int signal) {
        return KillRequest.newBuilder().setId("c1").setExecId(exec).setSignal(signal).build();
    }

    private static WaitRequest waitFor() {
        return waitFor("");
    }

    private static WaitRequest waitFor(String exec) {
        return WaitRequest.newBuilder().setId("c1").setExecId(exec).build();
    }
}
