// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Timestamp;
import io.silica.linux.Descriptor;
import io.silica.linux.MountTable;
import io.silica.linux.OpenFlag;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.PauseRequest;
import io.silica.proto.containerd.task.ResumeRequest;
import io.silica.proto.containerd.task.StartRequest;
import io.silica.proto.containerd.task.StartResponse;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.server.config.LimitsConfig;
import io.silica.server.registry.Continuity;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What is so after the death of a daemon whose connections outlived it, whatever the kind. */
@LeakCheck
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
public abstract class RecoveryContract {
    private static final int KILL = 9;
    private static final int KILLED = 137;
    private static final long PATIENCE_SECONDS = 30;
    private static final long PAUSE_NANOS = 100_000;

    @TempDir Path directory;
    private KindUnderTest kind;
    private DaemonUnderTest daemon;
    private TaskConnection tasks;
    private Path image;

    /** The kind, made anew for each test. */
    protected abstract KindUnderTest kind();

    @BeforeEach
    void startDaemonAndPod() throws IOException {
        kind = kind();
        image = Files.createDirectories(directory.resolve("image"));
        kind.fill(image);
        live(Continuity.KEPT);
        daemon.create("pod");
        daemon.start("pod");
    }

    @AfterEach
    void stopPodAndDaemon() {
        daemon.shutdown("pod");
        assertThat(kind.containers()).isEmpty();
        assertThat(rootfs()).isEmpty();
        die();
        kind.cleanUp();
    }

    @Test
    void aRunningContainerGoesOn() throws Exception {
        started("c1", kind.sleep());
        StateResponse before = tasks.state("c1");
        live();
        assertThat(tasks.state("c1")).isEqualTo(before);
        assertThat(tasks.connect("c1").getTaskPid()).isEqualTo(before.getPid());
        assertThat(tasks.pids("c1").getProcessesList()).isNotEmpty();
        try (var other = daemon.tasks()) {
            CompletableFuture<WaitResponse> wait =
                    CompletableFuture.supplyAsync(() -> other.await("c1"));
            tasks.kill("c1", KILL);
            assertThat(wait.get(PATIENCE_SECONDS, TimeUnit.SECONDS).getExitStatus())
                    .isEqualTo(KILLED);
        }
        assertThat(tasks.delete("c1").getExitStatus()).isEqualTo(KILLED);
        refused(StatusCode.NOT_FOUND, () -> tasks.state("c1"));
    }

    @Test
    void aContainerGoesOnOverManyLives() throws IOException {
        started("c1", kind.sleep());
        for (int i = 0; i < 5; i++) {
            live();
            assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.RUNNING);
            started("other" + i, kind.exit(i));
            assertThat(tasks.await("other" + i).getExitStatus()).isEqualTo(i);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(tasks.delete("other" + i).getExitStatus()).isEqualTo(i);
        }
        tasks.kill("c1", KILL);
        assertThat(tasks.await("c1").getExitStatus()).isEqualTo(KILLED);
    }

    @Test
    void aContainerThatWasCreatedCanBeStarted() throws IOException {
        tasks.create(bundle("c1", kind.exit(5)).request().build());
        live();
        assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.CREATED);
        tasks.start("c1");
        assertThat(tasks.await("c1").getExitStatus()).isEqualTo(5);
        tasks.delete("c1");
    }

    @Test
    void aContainerThatWasCreatedCanBeDeleted() throws IOException {
        tasks.create(bundle("c1", kind.sleep()).request().build());
        live();
        assertThat(tasks.delete("c1").getExitStatus()).isEqualTo(KILLED);
        refused(StatusCode.NOT_FOUND, () -> tasks.state("c1"));
    }

    @Test
    void aContainerThatHadEndedIsToldWithItsExit() throws IOException {
        Bundle bundle = started("c1", kind.exit(7));
        Timestamp at = tasks.await("c1").getExitedAt();
        live();
        StateResponse state = tasks.state("c1");
        assertThat(state.getStatus()).isEqualTo(Status.STOPPED);
        assertThat(state.getExitStatus()).isEqualTo(7);
        assertThat(state.getExitedAt()).isEqualTo(at);
        assertThat(tasks.await("c1").getExitedAt()).isEqualTo(at);
        assertThat(tasks.delete("c1").getExitedAt()).isEqualTo(at);
        assertThat(bundle.directory().resolve("silica-exit.pb")).isNotEmptyFile();
    }

    @Test
    void aContainerThatEndsMeanwhileIsToldWithItsTrueExit() throws IOException {
        Bundle bundle = started("c1", kind.sleep());
        die();
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        int code = kind.end("c1");
        Instant after = Instant.now();
        live(Continuity.KEPT);
        WaitResponse told = tasks.await("c1");
        assertThat(told.getExitStatus()).isEqualTo(code);
        assertThat(instant(told.getExitedAt()))
                .isBetween(before, kind.knowsWhenItEnded() ? after : Instant.now());
        assertThat(tasks.state("c1").getExitStatus()).isEqualTo(code);
        assertThat(tasks.state("c1").getExitedAt()).isEqualTo(told.getExitedAt());
        until(() -> Files.exists(bundle.directory().resolve("silica-exit.pb")));
        assertThat(tasks.delete("c1").getExitStatus()).isEqualTo(code);
    }

    /** The last one: agents that the tests of a kind have in common are not there after it. */
    @Test
    @Order(Integer.MAX_VALUE)
    void whatIsKilledWithItsAgentIsToldAsKilled() throws IOException {
        started("running", kind.sleep());
        started("ended", kind.exit(3));
        tasks.await("ended");
        die();
        kind.killAgents();
        live(Continuity.KEPT);
        assertThat(tasks.await("running").getExitStatus()).isEqualTo(KILLED);
        assertThat(tasks.delete("running").getExitStatus()).isEqualTo(KILLED);
        assertThat(tasks.delete("ended").getExitStatus()).isEqualTo(3);
        if (!kind.sandboxesOutliveTheirAgent()) {
            assertThat(daemon.status("pod").getState()).isEqualTo("SANDBOX_NOTREADY");
            return;
        }
        assertThat(daemon.status("pod").getState()).isEqualTo("SANDBOX_READY");
        started("next", kind.exit(0));
        assertThat(tasks.await("next").getExitStatus()).isZero();
    }

    @Test
    void aPausedContainerStaysPausedUntilItIsResumed() throws IOException {
        assumeTrue(kind.pauses());
        started("c1", kind.sleep());
        empty("Pause", PauseRequest.newBuilder().setId("c1").build());
        live();
        assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.PAUSED);
        empty("Resume", ResumeRequest.newBuilder().setId("c1").build());
        assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.RUNNING);
    }

    @Test
    void aProcessThatWasAddedGoesOn() throws IOException {
        assumeTrue(kind.execs());
        started("c1", kind.sleep());
        added("c1", "running");
        added("c1", "created");
        tasks.task(
                "Start",
                StartRequest.newBuilder().setId("c1").setExecId("running").build(),
                StartResponse.parser());
        live();
        assertThat(state("c1", "running")).isEqualTo(Status.RUNNING);
        assertThat(state("c1", "created")).isEqualTo(Status.CREATED);
    }

    @Test
    void theStreamsAreNamedLetterByLetter() throws IOException {
        Path fifo = fifo("out");
        try (var _ = Descriptor.open(fifo, OpenFlag.READ, OpenFlag.NON_BLOCKING)) {
            tasks.create(bundle("c1", kind.sleep()).stdout(fifo).request().build());
            StateResponse before = tasks.state("c1");
            live();
            assertThat(tasks.state("c1")).isEqualTo(before);
            assertThat(before.getStdout()).isEqualTo(fifo.toString());
        }
    }

    @Test
    void aContainerWithAStreamGoesOnAndEndsWhenTheStreamIsOpenAgain() throws Exception {
        String stdout = ContainerdStream.address(daemon.taskSocket(), "c1-stdout");
        StateResponse before;
        try (var _ = ContainerdStream.open(daemon.taskSocket(), "c1-stdout")) {
            tasks.create(bundle("c1", kind.sleep()).stdio("", stdout).request().build());
            tasks.start("c1");
            before = tasks.state("c1");
            live();
        }
        assertThat(tasks.state("c1")).isEqualTo(before);
        CompletableFuture<String> read =
                ContainerdStream.open(daemon.taskSocket(), "c1-stdout").readAll();
        tasks.kill("c1", KILL);
        assertThat(tasks.await("c1").getExitStatus()).isEqualTo(KILLED);
        assertThat(read).isCompleted();
        tasks.delete("c1");
    }

    @Test
    void theFiguresOfARunningContainerCome() throws IOException {
        started("c1", kind.sleep());
        live();
        until(() -> hasFigures("c1"));
    }

    @Test
    void anIdIsStillTakenAndFreeAfterTheDelete() throws IOException {
        Bundle bundle = started("c1", kind.exit(0));
        tasks.await("c1");
        live();
        refused(StatusCode.ALREADY_EXISTS, () -> tasks.create(bundle.request().build()));
        tasks.delete("c1");
        tasks.create(bundle.request().build());
        tasks.delete("c1");
    }

    @Test
    void aStopOfTheSandboxEndsItsContainers() throws IOException {
        started("c1", kind.sleep());
        live();
        daemon.stop("pod");
        assertThat(tasks.await("c1").getExitStatus()).isEqualTo(KILLED);
        assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.STOPPED);
    }

    @Test
    void withoutTheirConnectionsContainersAreEndedAndReleased() throws IOException {
        started("c1", kind.sleep());
        tasks.create(bundle("c2", kind.sleep()).request().build());
        die();
        assertThat(rootfs()).hasSize(2);
        live(Continuity.LOST);
        refused(StatusCode.NOT_FOUND, () -> tasks.state("c1"));
        until(() -> kind.containers().isEmpty() && rootfs().isEmpty());
        started("c1", kind.exit(4));
        assertThat(tasks.await("c1").getExitStatus()).isEqualTo(4);
    }

    private static Instant instant(Timestamp at) {
        return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
    }

    private void live() {
        die();
        live(Continuity.KEPT);
    }

    private void live(Continuity continuity) {
        daemon =
                new DaemonUnderTest(
                        directory,
                        kind.sandboxer(directory.resolve("kind")),
                        LimitsConfig.DEFAULT,
                        continuity);
        tasks = daemon.tasks();
    }

    private void die() {
        tasks.close();
        daemon.close();
    }

    private Bundle bundle(String id, List<String> args) throws IOException {
        return Bundle.create(directory.resolve("bundles"), image, "pod", id, args);
    }

    private Bundle started(String id, List<String> args) throws IOException {
        Bundle bundle = bundle(id, args);
        tasks.create(bundle.request().build());
        tasks.start(id);
        return bundle;
    }

    private void added(String id, String exec) {
        empty(
                "Exec",
                ExecProcessRequest.newBuilder()
                        .setId(id)
                        .setExecId(exec)
                        .setSpec(ExecProcess.spec(kind.sleep()))
                        .build());
    }

    private Status state(String id, String exec) {
        return tasks.task(
                        "State",
                        StateRequest.newBuilder().setId(id).setExecId(exec).build(),
                        StateResponse.parser())
                .getStatus();
    }

    private boolean hasFigures(String id) {
        try {
            return tasks.stats(id).hasStats();
        } catch (TtrpcException e) {
            assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE);
            return false;
        }
    }

    private void empty(String method, MessageLite request) {
        var _ = tasks.task(method, request, Empty.parser());
    }

    private List<Path> rootfs() {
        return MountTable.read().below(directory.resolve("bundles")).stream()
                .map(MountTable.Mount::point)
                .filter(it -> it.endsWith("rootfs"))
                .toList();
    }

    private Path fifo(String name) throws IOException {
        Path fifo = directory.resolve(name);
        try {
            assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return fifo;
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for %s", condition).isLessThan(end);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static void refused(StatusCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TtrpcException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
