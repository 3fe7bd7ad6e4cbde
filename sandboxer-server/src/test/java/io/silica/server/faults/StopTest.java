// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.begin;
import static io.silica.server.faults.Ground.refused;
import static io.silica.server.faults.Ground.succeeds;
import static io.silica.server.faults.Ground.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.sandbox.ControllerWaitRequest;
import io.silica.proto.containerd.task.CloseIORequest;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.server.contract.ExecProcess;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that is asked to end ends no change half-way. */
@LeakCheck
class StopTest {
    @TempDir Path directory;
    private Ground ground;

    @BeforeEach
    void startDaemon() throws IOException {
        ground = new Ground(directory);
        ground.run("s1");
    }

    @AfterEach
    void removePod() {
        ground.stopDaemon();
        ground.startDaemon();
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
        ground.close();
    }

    @Test
    void aStartThatIsUnderWayIsFinishedAndANewOneRefused() {
        ground.createTask("s1", "c1");
        ground.createTask("s1", "c2");
        isFinished("process.start", () -> ground.tasks().start("c1"));
    }

    @Test
    void aKillThatIsUnderWayIsFinishedAndAStartRefused() {
        ground.runTask("s1", "c1");
        ground.createTask("s1", "c2");
        isFinished("process.kill", () -> ground.tasks().kill("c1", Ground.KILL));
    }

    @Test
    void anExecThatIsUnderWayIsFinishedAndAStartRefused() {
        ground.runTask("s1", "c1");
        ground.createTask("s1", "c2");
        isFinished("container.exec", this::exec);
    }

    @Test
    void aWaitThatIsHeldOpenIsUnavailableAndTheNextLifeAnswersIt() {
        var request = ControllerWaitRequest.newBuilder().setSandboxId("s1").build();
        var waiting = ground.daemon().waiting().wait(request);
        // The connection is used in order: this answer says that the Wait has arrived.
        ground.daemon().status("s1");

        ground.daemon().terminate();

        assertThatThrownBy(waiting::get)
                .cause()
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e ->
                                assertThat(e.getStatus().getCode())
                                        .isEqualTo(Status.Code.UNAVAILABLE));
        ground.stopDaemon();
        ground.startDaemon();
        var again = ground.daemon().waiting().wait(request);
        ground.daemon().stop("s1");
        assertThat(again).succeedsWithin(Duration.ofSeconds(30));
    }

    private void isFinished(String step, Runnable change) {
        ground.faults.hold(step);
        var underWay = begin(change);
        until(() -> ground.faults.waiting(step) == 1);
        var end = begin(() -> ground.daemon().terminate());
        until(this::nothingNewBegins);
        assertThat(end).isNotDone();
        ground.faults.release(step);
        succeeds(end);
        // The answer may have been lost with the connection; the change was not.
        until(underWay::isDone);
    }

    private boolean nothingNewBegins() {
        try {
            closeInput();
            return false;
        } catch (TtrpcException e) {
            assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE);
            refused(StatusCode.UNAVAILABLE, () -> ground.tasks().start("c2"));
            return true;
        }
    }

    private void closeInput() {
        var _ =
                ground.tasks()
                        .task(
                                "CloseIO",
                                CloseIORequest.newBuilder().setId("c2").setStdin(true).build(),
                                Empty.parser());
    }

    private void exec() {
        var _ =
                ground.tasks()
                        .task(
                                "Exec",
                                ExecProcessRequest.newBuilder()
                                        .setId("c1")
                                        .setExecId("e1")
                                        .setSpec(ExecProcess.spec(List.of("sleep")))
                                        .build(),
                                Empty.parser());
    }
}
