// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.cgroups.v2.Metrics;
import io.silica.proto.containerd.task.CloseIORequest;
import io.silica.proto.containerd.task.DeleteRequest;
import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.ShutdownRequest;
import io.silica.proto.containerd.task.StartRequest;
import io.silica.proto.containerd.task.StartResponse;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.StatsResponse;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** What containerd asks of the Task service, whatever the kind. */
@LeakCheck
public abstract class TaskContract {
    private static final int TERM = 15;
    private static final int KILL = 9;

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
        daemon = new DaemonUnderTest(directory, kind.sandboxer(directory.resolve("kind")));
        tasks = daemon.tasks();
        daemon.create("pod");
        daemon.start("pod");
    }

    @AfterEach
    void stopPodAndDaemon() {
        daemon.shutdown("pod");
        tasks.close();
        daemon.close();
        kind.cleanUp();
    }

    @Test
    void aTaskIsCreatedStartedEndedAndDeleted() throws IOException {
        var created = tasks.create(bundle("c1", kind.sleep()).request().build());
        assertThat(created.getPid()).isPositive();
        assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.CREATED);
        tasks.start("c1");
        assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.RUNNING);
        assertThat(tasks.connect("c1").getTaskPid()).isEqualTo(created.getPid());
        assertThat(tasks.pids("c1").getProcessesList()).isNotEmpty();
        tasks.kill("c1", TERM);
        assertThat(tasks.await("c1").getExitStatus()).isEqualTo(143);
        StateResponse ended = tasks.state("c1");
        assertThat(ended.getStatus()).isEqualTo(Status.STOPPED);
        assertThat(ended.getExitStatus()).isEqualTo(143);
        assertThat(ended.hasExitedAt()).isTrue();
        assertThat(tasks.delete("c1").getExitStatus()).isEqualTo(143);
        refused(StatusCode.NOT_FOUND, () -> tasks.state("c1"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 255})
    void theCodeThatAProgramEndsWithIsTold(int code) throws IOException {
        started("c1", kind.exit(code));
        assertThat(tasks.await("c1").getExitStatus()).isEqualTo(code);
        assertThat(tasks.delete("c1").getExitStatus()).isEqualTo(code);
    }

    @Test
    void killIsTheEndOfEveryProgram() throws IOException {
        started("c1", kind.sleep());
        tasks.kill("c1", KILL);
        assertThat(tasks.await("c1").getExitStatus()).isEqualTo(137);
        tasks.delete("c1");
    }

    @Test
    void aWaitIsHeldOpenAndAnsweredAfterTheState() throws Exception {
        started("c1", kind.sleep());
        try (var other = daemon.tasks()) {
            CompletableFuture<WaitResponse> wait =
                    CompletableFuture.supplyAsync(() -> other.await("c1"));
            tasks.kill("c1", KILL);
            assertThat(wait.get(30, TimeUnit.SECONDS).getExitStatus()).isEqualTo(137);
            assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.STOPPED);
        }
        assertThat(tasks.await("c1").getExitStatus()).isEqualTo(137);
        tasks.delete("c1");
    }

    @Test
    void allOutputIsThereAndTheStreamIsClosedWhenTheEndIsTold() throws Exception {
        Path fifo = fifo("out");
        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> readAll(fifo));
        tasks.create(bundle("c1", kind.print("hello")).stdout(fifo).request().build());
        assertThat(tasks.state("c1").getStdout()).isEqualTo(fifo.toString());
        tasks.start("c1");
        assertThat(tasks.await("c1").getExitStatus()).isZero();
        tasks.delete("c1");
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo("hello\n");
    }

    @Test
    void aRunningTaskIsNotDeleted() throws IOException {
        started("c1", kind.sleep());
        refused(StatusCode.FAILED_PRECONDITION, () -> tasks.delete("c1"));
        refused(StatusCode.FAILED_PRECONDITION, () -> tasks.start("c1"));
        tasks.kill("c1", KILL);
        tasks.await("c1");
        tasks.delete("c1");
    }

    @Test
    void aTaskThatNeverRanIsDeleted() throws IOException {
        tasks.create(bundle("c1", kind.sleep()).request().build());
        tasks.delete("c1");
        refused(StatusCode.NOT_FOUND, () -> tasks.state("c1"));
    }

    @Test
    void aSignalToATaskThatHasEndedIsNotFound() throws IOException {
        started("c1", kind.exit(0));
        tasks.await("c1");
        refused(StatusCode.NOT_FOUND, () -> tasks.kill("c1", TERM));
        tasks.delete("c1");
    }

    @Test
    void aSignalThatLinuxDoesNotHaveIsRefused() throws IOException {
        started("c1", kind.sleep());
        refused(StatusCode.INVALID_ARGUMENT, () -> tasks.kill("c1", 65));
        refused(StatusCode.INVALID_ARGUMENT, () -> tasks.kill("c1", 9999));
        tasks.kill("c1", 0);
        assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.RUNNING);
    }

    @Test
    void anUnknownTaskIsNotFoundWhateverIsAsked() {
        List<Consumer<String>> requests =
                List.of(
                        tasks::start,
                        tasks::state,
                        tasks::await,
                        id -> tasks.kill(id, KILL),
                        tasks::delete,
                        tasks::connect,
                        tasks::pids,
                        tasks::stats);
        for (Consumer<String> request : requests) {
            refused(StatusCode.NOT_FOUND, () -> request.accept("nobody"));
        }
    }

    @Test
    void anUnknownProcessOfATaskIsNotFound() throws IOException {
        started("c1", kind.sleep());
        refused(
                StatusCode.NOT_FOUND,
                () ->
                        tasks.task(
                                "State",
                                StateRequest.newBuilder().setId("c1").setExecId("e1").build(),
                                StateResponse.parser()));
    }

    @Test
    void shutdownOfOneTaskHarmsNoOther() throws IOException {
        started("c1", kind.sleep());
        shutdown("c1");
        shutdown("nobody");
        assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.RUNNING);
    }

    @Test
    void theOlderNameOfTheServiceIsAnsweredToo() throws IOException {
        started("c1", kind.sleep());
        var state =
                tasks.call(
                        "containerd.task.v2.Task",
                        "State",
                        StateRequest.newBuilder().setId("c1").build(),
                        StateResponse.parser());
        assertThat(state.getStatus()).isEqualTo(Status.RUNNING);
    }

    @Test
    void figuresAreInTheFormOfACgroupAlsoAfterTheEnd() throws IOException {
        started("c1", kind.sleep());
        var running = firstFigures("c1").getStats();
        assertThat(running.getTypeUrl()).isEqualTo("io.containerd.cgroups.v2.Metrics");
        assertThat(Metrics.parseFrom(running.getValue()).hasMemory()).isTrue();
        tasks.kill("c1", KILL);
        tasks.await("c1");
        assertThat(tasks.stats("c1").getStats().getTypeUrl()).isEqualTo(running.getTypeUrl());
        tasks.delete("c1");
    }

    @Test
    void closingTheInputOfATaskIsHarmlessHoweverOften() throws IOException {
        started("c1", kind.sleep());
        for (int i = 0; i < 2; i++) {
            empty("CloseIO", CloseIORequest.newBuilder().setId("c1").setStdin(true).build());
        }
        assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.RUNNING);
    }

    @Test
    void aProcessIsAddedOrRefusedInWords() throws IOException {
        started("c1", kind.sleep());
        var exec =
                ExecProcessRequest.newBuilder()
                        .setId("c1")
                        .setExecId("e1")
                        .setSpec(ExecProcess.spec(kind.exit(0)))
                        .build();
        if (kind.execs()) {
            empty("Exec", exec);
        } else {
            refused(StatusCode.UNIMPLEMENTED, () -> empty("Exec", exec));
        }
        assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.RUNNING);
    }

    @Test
    void anIdIsTakenOnceAndFreeAfterTheDelete() throws IOException {
        Bundle bundle = started("c1", kind.exit(0));
        refused(StatusCode.ALREADY_EXISTS, () -> tasks.create(bundle.request().build()));
        tasks.await("c1");
        tasks.delete("c1");
        tasks.create(bundle.request().build());
        tasks.delete("c1");
    }

    @Test
    void aBundleOfNoSandboxIsRefused() throws IOException {
        Bundle strange = bundle("c1", kind.sleep());
        Files.writeString(strange.directory().resolve("sandbox"), "nobody");
        refused(StatusCode.NOT_FOUND, () -> tasks.create(strange.request().build()));
        Files.delete(strange.directory().resolve("sandbox"));
        refused(StatusCode.INVALID_ARGUMENT, () -> tasks.create(strange.request().build()));
    }

    @Test
    void aBundleAnnotatedWithAnotherSandboxIsRefusedAndItsRootUnmounted() throws IOException {
        Bundle strange = bundle("c1", kind.sleep());
        strange.write(Bundle.spec("another", kind.sleep()));
        refused(StatusCode.INVALID_ARGUMENT, () -> tasks.create(strange.request().build()));
        assertThat(strange.directory().resolve("rootfs")).isEmptyDirectory();
    }

    @Test
    void aSpecificationWithoutAProcessIsRefusedByName() throws IOException {
        Bundle strange = bundle("c1", kind.sleep());
        ObjectNode spec = Bundle.spec("pod", kind.sleep());
        spec.remove("process");
        strange.write(spec);
        assertThatThrownBy(() -> tasks.create(strange.request().build()))
                .isInstanceOf(TtrpcException.class)
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("process");
        refused(StatusCode.NOT_FOUND, () -> tasks.delete("c1"));
    }

    @Test
    void aHostileSpecificationIsRefusedBesideARunningTaskAndLeavesNothing() throws IOException {
        started("neighbour", kind.sleep());
        for (var hostile : HostileSpecs.all("pod", kind.sleep()).entrySet()) {
            Bundle bundle = bundle("c1", kind.sleep());
            bundle.write(hostile.getValue());
            assertThatThrownBy(() -> tasks.create(bundle.request().build()))
                    .as(hostile.getKey())
                    .isInstanceOf(TtrpcException.class)
                    .hasMessageContaining("INVALID_ARGUMENT")
                    .hasMessageContaining("config.json");
            assertThat(bundle.directory().resolve("rootfs"))
                    .as(hostile.getKey())
                    .isEmptyDirectory();
            refused(StatusCode.NOT_FOUND, () -> tasks.state("c1"));
            assertThat(tasks.state("neighbour").getStatus()).isEqualTo(Status.RUNNING);
        }
        started("c1", kind.exit(3));
        assertThat(tasks.await("c1").getExitStatus()).isEqualTo(3);
        tasks.delete("c1");
    }

    @Test
    void aStopOfTheSandboxEndsItsTasks() throws IOException {
        started("c1", kind.sleep());
        started("c2", kind.sleep());
        daemon.stop("pod");
        assertThat(tasks.await("c1").getExitStatus()).isEqualTo(137);
        assertThat(tasks.await("c2").getExitStatus()).isEqualTo(137);
        refused(
                StatusCode.FAILED_PRECONDITION,
                () -> tasks.create(bundle("c3", kind.sleep()).request().build()));
        tasks.delete("c1");
    }

    @Test
    void allStreamedOutputIsReadWhenTheEndIsTold() throws IOException {
        String stdout = ContainerdStream.address(daemon.taskSocket(), "c1-stdout");
        CompletableFuture<String> read = stream("c1-stdout").readAll();
        tasks.create(bundle("c1", kind.print("hello")).stdio("", stdout).request().build());
        assertThat(tasks.state("c1").getStdout()).isEqualTo(stdout);
        tasks.start("c1");
        assertThat(tasks.await("c1").getExitStatus()).isZero();
        assertThat(read).isCompletedWithValue("hello\n");
        tasks.delete("c1");
    }

    @Test
    void aProcessThatIsAddedHasStreamsToo() throws IOException {
        assumeTrue(kind.execs());
        started("c1", kind.sleep());
        CompletableFuture<String> read = stream("e1-stdout").readAll();
        add("e1", kind.print("hello"), ContainerdStream.address(daemon.taskSocket(), "e1-stdout"));
        startAdded("e1");
        awaitAdded("e1");
        assertThat(read).isCompletedWithValue("hello\n");
    }

    @Test
    void aProcessThatWasAddedAndNeverRanIsDeletedAndItsContainerGoesOn() throws IOException {
        assumeTrue(kind.execs());
        started("c1", kind.sleep());
        add("e1", kind.sleep(), "");
        isDeletedAlone("e1");
    }

    @Test
    void aProcessWhoseStartFailedIsDeletedAndItsContainerGoesOn() throws IOException {
        assumeTrue(kind.execs());
        started("c1", kind.sleep());
        add("e1", kind.missing(), "");
        assertThatThrownBy(() -> startAdded("e1")).isInstanceOf(TtrpcException.class);
        isDeletedAlone("e1");
    }

    /** containerd asks for that whenever it is done with one. */
    @Test
    void aProcessThatWasAddedIsKilledAloneWhereAllAreAskedFor() throws IOException {
        assumeTrue(kind.execs());
        started("c1", kind.sleep());
        add("e1", kind.sleep(), "");
        startAdded("e1");
        empty(
                "Kill",
                KillRequest.newBuilder()
                        .setId("c1")
                        .setExecId("e1")
                        .setSignal(KILL)
                        .setAll(true)
                        .build());
        assertThat(awaitAdded("e1").getExitStatus()).isEqualTo(137);
        isDeletedAlone("e1");
    }

    private void isDeletedAlone(String exec) {
        var _ =
                tasks.task(
                        "Delete",
                        DeleteRequest.newBuilder().setId("c1").setExecId(exec).build(),
                        DeleteResponse.parser());
        var state = StateRequest.newBuilder().setId("c1").setExecId(exec).build();
        refused(StatusCode.NOT_FOUND, () -> tasks.task("State", state, StateResponse.parser()));
        tasks.kill("c1", 0);
        assertThat(tasks.state("c1").getStatus()).isEqualTo(Status.RUNNING);
    }

    @Test
    void aContainerWithAStreamThatNobodyHasOpenIsRefused() throws IOException {
        String stdout = ContainerdStream.address(daemon.taskSocket(), "c1-stdout");
        Bundle bundle = bundle("c1", kind.print("hello")).stdio("", stdout);
        assertThatThrownBy(() -> tasks.create(bundle.request().build()))
                .hasMessageContaining("FAILED_PRECONDITION")
                .hasMessageContaining("\"c1-stdout\"");
        assertThat(bundle.directory().resolve("rootfs")).isEmptyDirectory();
        refused(StatusCode.NOT_FOUND, () -> tasks.delete("c1"));
    }

    @Test
    void theExitStatusIsLeftForTheShimStub() throws IOException {
        Bundle bundle = started("c1", kind.exit(7));
        tasks.await("c1");
        tasks.delete("c1");
        assertThat(bundle.directory().resolve("silica-exit.pb")).isNotEmptyFile();
    }

    @Test
    void twentyTasksRunBesideEachOther() throws IOException {
        for (int i = 0; i < 20; i++) {
            started("c" + i, kind.sleep());
        }
        for (int i = 0; i < 20; i++) {
            tasks.kill("c" + i, KILL);
            assertThat(tasks.await("c" + i).getExitStatus()).isEqualTo(137);
            tasks.delete("c" + i);
        }
    }

    /** Until something was measured there is nothing to tell, which may take a moment. */
    private StatsResponse firstFigures(String id) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                return tasks.stats(id);
            } catch (TtrpcException e) {
                if (e.code() != StatusCode.UNAVAILABLE || System.nanoTime() - end > 0) {
                    throw e;
                }
            }
        }
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

    private void add(String exec, List<String> args, String stdout) {
        empty(
                "Exec",
                ExecProcessRequest.newBuilder()
                        .setId("c1")
                        .setExecId(exec)
                        .setSpec(ExecProcess.spec(args))
                        .setStdout(stdout)
                        .build());
    }

    private void startAdded(String exec) {
        var _ =
                tasks.task(
                        "Start",
                        StartRequest.newBuilder().setId("c1").setExecId(exec).build(),
                        StartResponse.parser());
    }

    private WaitResponse awaitAdded(String exec) {
        return tasks.task(
                "Wait",
                WaitRequest.newBuilder().setId("c1").setExecId(exec).build(),
                WaitResponse.parser());
    }

    private void shutdown(String id) {
        empty("Shutdown", ShutdownRequest.newBuilder().setId(id).build());
    }

    private void empty(String method, MessageLite request) {
        var _ = tasks.task(method, request, Empty.parser());
    }

    private ContainerdStream stream(String id) {
        return ContainerdStream.open(daemon.taskSocket(), id);
    }

    private Path fifo(String name) throws IOException, InterruptedException {
        Path fifo = directory.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        return fifo;
    }

    private static String readAll(Path fifo) {
        try (InputStream in = Files.newInputStream(fifo)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void refused(StatusCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TtrpcException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
