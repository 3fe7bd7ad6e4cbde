// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.OpenFlag;
import io.silica.linux.Pipe;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.cgroups.v2.Metrics;
import io.silica.proto.containerd.task.CheckpointTaskRequest;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.PauseRequest;
import io.silica.proto.containerd.task.PidsRequest;
import io.silica.proto.containerd.task.PidsResponse;
import io.silica.proto.containerd.task.ProcessInfo;
import io.silica.proto.containerd.task.ResizePtyRequest;
import io.silica.proto.containerd.task.ResumeRequest;
import io.silica.proto.containerd.task.StatsRequest;
import io.silica.proto.containerd.task.StatsResponse;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.wasm.ListRequest;
import io.silica.proto.wasm.ListResponse;
import io.silica.proto.wasm.Preopen;
import io.silica.proto.wasm.ShareRequest;
import io.silica.proto.wasm.WasmContainer;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.CallOptions;
import io.silica.wasm.engine.GuestModules;
import io.silica.wasm.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeakCheck
final class WorkerTest {
    @RegisterExtension static final SharedWorker SHARED = SharedWorker.onEndive();

    @TempDir Path directory;
    private WorkerFixture worker;

    @BeforeEach
    void begin() {
        worker = new WorkerFixture(SHARED.directory(), WorkerOptions.DEFAULTS);
    }

    @AfterEach
    void end() {
        worker.letGo();
    }

    /** For a test that ends it, or wants another one. */
    private WorkerFixture own(Duration idleExit, Duration claimTime) {
        return new WorkerFixture(
                directory, new WorkerOptions(idleExit, 1 << 20, 1 << 20, claimTime));
    }

    @Test
    void aGuestsOutputAndExitCodeComeThrough() throws IOException {
        try (var output = Pipe.open()) {
            worker.create(
                    "c1",
                    GuestModules.TELLS_ARGUMENTS,
                    output,
                    WasmContainer.newBuilder().addArgs("/app.wasm").addArgs("ä").addEnv("A=1"));
            assertThat(worker.state("c1").getStatus()).isEqualTo(Status.CREATED);
            worker.start("c1");
            assertThat(worker.await("c1")).isZero();
            assertThat(worker.state("c1").getStatus()).isEqualTo(Status.STOPPED);
            assertThat(worker.state("c1").getExitedAt().getSeconds()).isPositive();
            assertThat(worker.readAll(output)).isEqualTo("/app.wasm\0ä\0A=1\0");
        }
        assertThat(worker.delete("c1")).isZero();
        assertThatExceptionOfType(SandboxException.NotFound.class)
                .isThrownBy(() -> worker.state("c1"))
                .withMessageContaining("c1");
    }

    @Test
    void aTrapIsExit134WithItsBacktraceOnStderr() throws IOException {
        try (var output = Pipe.open()) {
            worker.start("c1", GuestModules.TRAPS, output);
            assertThat(worker.await("c1")).isEqualTo(134);
            assertThat(worker.readAll(output))
                    .contains("wasm trap:", "unreachable", "at inner (function 0)", "at main");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 15, 34})
    void anySignalThatEndsAProcessEndsALoop(int signal) throws IOException {
        try (var output = Pipe.open()) {
            worker.start("c1", GuestModules.LOOPS, output);
            assertThat(worker.state("c1").getStatus()).isEqualTo(Status.RUNNING);
            worker.kill("c1", signal);
            assertThat(worker.await("c1")).isEqualTo(128 + signal);
            assertThatExceptionOfType(SandboxException.NotFound.class)
                    .isThrownBy(() -> worker.kill("c1", 9));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {GuestModules.LOOPS, GuestModules.SLEEPS})
    void aGuestThatRunsForTooLongIsEndedAndSaysWhy(String module) throws IOException {
        try (var output = Pipe.open()) {
            worker.create("c1", module, output, WasmContainer.newBuilder().setDeadlineMillis(50));
            worker.start("c1");
            worker.restartDaemon();
            assertThat(worker.await("c1")).isEqualTo(124);
            assertThat(worker.readAll(output))
                    .isEqualTo("wasm deadline: it has run for 50 ms, which is all that it may\n");
        }
    }

    @Test
    void aGuestThatEndsBeforeItsDeadlineOrIsKilledEndsAsAnyOther() throws IOException {
        try (var output = Pipe.open()) {
            var hour = WasmContainer.newBuilder().setDeadlineMillis(3_600_000);
            worker.create("ends", GuestModules.exits(3), output, hour.clone());
            worker.create("killed", GuestModules.SLEEPS, output, hour.clone());
            worker.start("ends");
            worker.start("killed");
            assertThat(worker.await("ends")).isEqualTo(3);
            worker.kill("killed", 9);
            assertThat(worker.await("killed")).isEqualTo(137);
            assertThat(worker.readAll(output)).isEmpty();
        }
    }

    @Test
    void signalsThatEndNothingLeaveTheGuestAlone() throws IOException {
        try (var output = Pipe.open()) {
            worker.start("c1", GuestModules.SLEEPS, output);
            worker.kill("c1", 0);
            worker.kill("c1", 28);
            assertThatExceptionOfType(SandboxException.Unsupported.class)
                    .isThrownBy(() -> worker.kill("c1", 19));
            assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                    .isThrownBy(() -> worker.kill("c1", 65));
            assertThat(worker.state("c1").getStatus()).isEqualTo(Status.RUNNING);
            worker.kill("c1", 15);
            assertThat(worker.await("c1")).isEqualTo(143);
        }
    }

    @Test
    void aGuestThatReadsIsEndedAndSoIsOneThatWrites() throws IOException {
        try (var input = Pipe.open();
                var output = Pipe.open()) {
            createReader("reader", input, output);
            worker.start("reader");
            worker.start("writer", GuestModules.WRITES_FOR_EVER, output);
            for (var id : List.of("reader", "writer")) {
                worker.kill(id, 9);
                assertThat(worker.await(id)).isEqualTo(137);
            }
        }
    }

    @Test
    void stdinEndsWhenItIsClosedAfterWhatWasWritten() throws IOException {
        try (var input = Pipe.open();
                var output = Pipe.open()) {
            createReader("c1", input, output);
            worker.start("c1");
            try (var typed = worker.poller().outputStream(input.writer().duplicate())) {
                typed.write("hello".getBytes(UTF_8));
            }
            worker.closeStdin("c1");
            assertThat(worker.await("c1")).isZero();
            assertThat(worker.readAll(output)).isEqualTo("hello");
        }
    }

    private void createReader(String id, Pipe input, Pipe output) throws IOException {
        worker.create(
                id,
                worker.module(GuestModules.COPIES_STDIN),
                List.of(output.writer(), output.writer(), input.reader()),
                WasmContainer.newBuilder().setStdin(3));
    }

    @Test
    void aPreopenIsReachedByItsDescriptor() throws IOException {
        var tree = Files.createDirectory(directory.resolve("trée"));
        Files.writeString(tree.resolve("file"), "inner");
        try (var output = Pipe.open();
                var root = Descriptor.open(tree, OpenFlag.PATH, OpenFlag.DIRECTORY)) {
            worker.create(
                    "c1",
                    worker.module(GuestModules.opens("file", 0, 2, false)),
                    List.of(output.writer(), output.writer(), root),
                    WasmContainer.newBuilder()
                            .addPreopens(Preopen.newBuilder().setGuestPath("/").setDirectory(3)));
            worker.start("c1");
            assertThat(worker.await("c1")).isZero();
            assertThat(worker.readAll(output)).isEqualTo("inner");
        }
    }

    @Test
    void aModuleThatCantRunIsRefusedByCreate() throws IOException {
        var text = Files.writeString(directory.resolve("text"), "no wasm");
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> worker.create("c1", text, List.of(), WasmContainer.newBuilder()))
                .withMessageContaining("c1")
                .withMessageContaining("magic number");
        var imports = worker.module(GuestModules.IMPORTS_TOO_MUCH);
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(
                        () -> worker.create("c1", imports, List.of(), WasmContainer.newBuilder()))
                .withMessageContaining("env.launch");
        var large = worker.module(GuestModules.beginsWith(10));
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() ->
                        worker.create(
                                "c1",
                                large,
                                List.of(),
                                WasmContainer.newBuilder().setMemoryLimit(65536)))
                .withMessageContaining("655360");
    }

    @Test
    void aContainerForAnotherEngineIsRefused() throws IOException {
        var module = worker.module(GuestModules.NOTHING);
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() ->
                        worker.create(
                                "c1",
                                module,
                                List.of(),
                                WasmContainer.newBuilder().setEngine("wasmtime")))
                .withMessageContaining("has the engine endive, not wasmtime");
    }

    @Test
    void aTokenThatBringsNothingIsRefused() {
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() ->
                        worker.call(
                                "Create",
                                io.silica.proto.containerd.task.CreateTaskRequest.newBuilder()
                                        .setId("c1")
                                        .build(),
                                Empty.parser()))
                .withMessageContaining("no descriptors");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, -1})
    void aVersionThatIsNotSpokenIsRefusedInWords(int version) throws IOException {
        var module = worker.module(GuestModules.NOTHING);
        var container = WasmContainer.newBuilder().setProtocolVersion(version);
        assertThatExceptionOfType(SandboxException.WrongState.class)
                .isThrownBy(() -> worker.create("c1", module, List.of(), container))
                .withMessage(
                        "this worker speaks version 1 to 2 of its protocol, not %s",
                        Integer.toUnsignedString(version));
    }

    @Test
    void anIdIsTakenUntilItIsDeleted() throws IOException {
        var module = worker.module(GuestModules.NOTHING);
        worker.create("c1", module, List.of(), WasmContainer.newBuilder());
        assertThatExceptionOfType(SandboxException.AlreadyExists.class)
                .isThrownBy(
                        () -> worker.create("c1", module, List.of(), WasmContainer.newBuilder()));
        assertThat(worker.delete("c1")).isEqualTo(137);
        worker.create("c1", module, List.of(), WasmContainer.newBuilder());
        worker.delete("c1");
    }

    @Test
    void aRunningGuestIsNotDeleted() throws IOException {
        try (var output = Pipe.open()) {
            worker.start("c1", GuestModules.LOOPS, output);
            assertThatExceptionOfType(SandboxException.WrongState.class)
                    .isThrownBy(() -> worker.delete("c1"));
            worker.kill("c1", 9);
            worker.await("c1");
            assertThat(worker.delete("c1")).isEqualTo(137);
        }
    }

    @Test
    void aGuestKilledBeforeItsStartNeverRuns() throws IOException {
        try (var output = Pipe.open()) {
            worker.create("c1", GuestModules.LOOPS, output, WasmContainer.newBuilder());
            worker.kill("c1", 15);
            assertThat(worker.await("c1")).isEqualTo(143);
            assertThatExceptionOfType(SandboxException.WrongState.class)
                    .isThrownBy(() -> worker.start("c1"));
        }
    }

    @Test
    void statisticsTellMemoryLimitAndCpuTime() throws IOException {
        try (var output = Pipe.open()) {
            worker.create(
                    "c1",
                    GuestModules.LOOPS,
                    output,
                    WasmContainer.newBuilder().setMemoryLimit(1 << 20));
            worker.start("c1");
            WorkerFixture.await(() -> metrics("c1").getMemory().getUsage() == 65536);
            WorkerFixture.await(() -> metrics("c1").getCpu().getUsageUsec() > 1000);
            assertThat(metrics("c1").getMemory().getUsageLimit()).isEqualTo(1 << 20);
            worker.kill("c1", 9);
            worker.await("c1");
            assertThat(metrics("c1").getCpu().getUsageUsec()).isPositive();
        }
    }

    @Test
    void aMemoryLimitThatNobodyCanCountIsRefused() {
        for (var container :
                List.of(
                        WasmContainer.newBuilder().setMemoryLimit(-1),
                        WasmContainer.newBuilder().setSandboxMemoryLimit(-1))) {
            assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                    .isThrownBy(() -> {
                        var module = worker.module(GuestModules.NOTHING);
                        worker.create("c1", module, List.of(), container);
                    })
                    .withMessageContaining("limit of 18446744073709551615 bytes");
        }
    }

    @Test
    void aGuestThatComesWithoutTheLimitOfItsPodLeavesItAsItIs() throws IOException {
        try (var output = Pipe.open()) {
            worker.create(
                    "c1",
                    GuestModules.NOTHING,
                    output,
                    limitedOfPod().setSandboxMemoryLimit(2 << 16));
            worker.create("c2", GuestModules.NOTHING, output, limitedOfPod());
            assertThat(metrics("c2").getMemory().getUsageLimit()).isEqualTo(2 << 16);
        }
    }

    private static WasmContainer.Builder limitedOfPod() {
        return WasmContainer.newBuilder().setSandboxId("s1").setMemoryLimit(1 << 20);
    }

    @Test
    void cpuSharesAreTheNicenessOfAGuestsThread() throws IOException {
        try (var output = Pipe.open()) {
            var few = WasmContainer.newBuilder().setCpuShares(2);
            var most = WasmContainer.newBuilder().setCpuShares(262_144);
            worker.create("few", GuestModules.LOOPS, output, few);
            worker.create("most", GuestModules.exits(3), output, most);
            worker.start("few");
            worker.start("most");
            WorkerFixture.await(() -> niceness("guest-few") == 19);
            assertThat(worker.await("most")).isEqualTo(3);
        }
    }

    @Test
    void cpuSharesThatAreChangedCountAtOnce() throws IOException {
        try (var output = Pipe.open()) {
            worker.start("loops", GuestModules.LOOPS, output);
            WorkerFixture.await(() -> niceness("guest-loops") == 6);
            share("loops", 2);
            assertThat(niceness("guest-loops")).isEqualTo(19);
            if (mayBeLessNice()) {
                share("loops", 2048);
                assertThat(niceness("guest-loops")).isEqualTo(3);
            } else {
                assertThatExceptionOfType(SandboxException.WrongState.class)
                        .isThrownBy(() -> share("loops", 2048))
                        .withMessageContaining("no more than it has");
                assertThat(niceness("guest-loops")).isEqualTo(19);
            }
        }
    }

    /** Whether the daemon had the right to give the worker that one. */
    private boolean mayBeLessNice() throws IOException {
        var limits = Path.of("/proc", Integer.toString(worker.worker().pid()), "limits");
        return Files.readString(limits).matches("(?s).*Max nice priority +19 .*");
    }

    private void share(String id, long shares) {
        Empty _ =
                worker.worker()
                        .call(
                                "silica.wasm.v1.Worker",
                                "Share",
                                ShareRequest.newBuilder().setId(id).setCpuShares(shares).build(),
                                Empty.parser(),
                                CallOptions.none());
    }

    /** Field 19 of a thread's stat, of which the first after the name is the third (proc(5)). */
    private int niceness(String thread) {
        var tasks = Path.of("/proc", Integer.toString(worker.worker().pid()), "task");
        try (var all = Files.newDirectoryStream(tasks)) {
            for (var task : all) {
                var stat = Files.readString(task.resolve("stat"));
                if (stat.contains("(" + thread + ")")) {
                    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                    return Integer.parseInt(fields[19 - 3]);
                }
            }
        } catch (IOException _) {
            // One of them has ended meanwhile.
        }
        return 0;
    }

    private Metrics metrics(String id) {
        var answer =
                worker.call(
                        "Stats",
                        StatsRequest.newBuilder().setId(id).build(),
                        StatsResponse.parser());
        try {
            return Metrics.parseFrom(answer.getStats().getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatAGuestCantDoIsRefusedInWords() throws IOException {
        worker.create(
                "c1", worker.module(GuestModules.NOTHING), List.of(), WasmContainer.newBuilder());
        refused("Exec", ExecProcessRequest.newBuilder().setId("c1").build(), "one process");
        refused("Pause", PauseRequest.newBuilder().setId("c1").build(), "can't be frozen");
        refused("Resume", ResumeRequest.newBuilder().setId("c1").build(), "can't be frozen");
        refused("Checkpoint", CheckpointTaskRequest.newBuilder().setId("c1").build(), "saved");
        refused("ResizePty", ResizePtyRequest.newBuilder().setId("c1").build(), "no terminal");
        var pids =
                worker.call(
                        "Pids",
                        PidsRequest.newBuilder().setId("c1").build(),
                        PidsResponse.parser());
        assertThat(pids.getProcessesList())
                .as("the worker alone, as it knows itself")
                .extracting(ProcessInfo::getPid)
                .containsExactly(1);
    }

    private void refused(String method, MessageLite request, String why) {
        assertThatExceptionOfType(SandboxException.Unsupported.class)
                .as(method)
                .isThrownBy(() -> worker.call(method, request, Empty.parser()))
                .withMessageContaining(why);
    }

    @Test
    void fiftyGuestsBesideALoopEachEndAsTheyShould() throws IOException {
        try (var output = Pipe.open()) {
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
                worker.start("loop" + i, GuestModules.LOOPS, output);
            }
            var module = worker.module(GuestModules.exits(7));
            IntStream.range(0, 50)
                    .mapToObj(i -> "c" + i)
                    .forEach(id -> {
                        worker.create(id, module, List.of(), WasmContainer.newBuilder());
                        worker.start(id);
                    });
            for (int i = 0; i < 50; i++) {
                assertThat(worker.await("c" + i)).isEqualTo(7);
            }
            worker.kill("loop0", 9);
            assertThat(worker.await("loop0")).isEqualTo(137);
        }
    }

    @Test
    void besideAThousandGuestsThatSleepTheNextOneRunsAndEachIsEnded() throws IOException {
        var module = worker.module(GuestModules.SLEEPS);
        var ids = IntStream.range(0, 1000).mapToObj(i -> "c" + i).toList();
        for (var id : ids) {
            worker.create(id, module, List.of(), WasmContainer.newBuilder());
            worker.start(id);
        }
        try (var output = Pipe.open()) {
            worker.start("next", GuestModules.exits(7), output);
            assertThat(worker.await("next")).isEqualTo(7);
        }
        ids.forEach(id -> worker.kill(id, 9));
        assertThat(ids).allMatch(id -> worker.await(id) == 137);
    }

    @Test
    void guestsAndExitStatusesSurviveTheDaemon() throws IOException {
        try (var output = Pipe.open()) {
            worker.start("ended", GuestModules.exits(3), output);
            worker.await("ended");
            worker.create(
                    "running",
                    GuestModules.LOOPS,
                    output,
                    WasmContainer.newBuilder().setSandboxId("s1"));
            worker.start("running");
            int pid = worker.worker().pid();
            worker.restartDaemon();
            assertThat(worker.worker().pid()).isEqualTo(pid);
            assertThat(worker.await("ended")).isEqualTo(3);
            assertThat(list(""))
                    .containsExactlyInAnyOrder(
                            "ended in  GUEST_STATE_STOPPED 3",
                            "running in s1 GUEST_STATE_RUNNING 0");
            assertThat(list("s1")).containsExactly("running in s1 GUEST_STATE_RUNNING 0");
            worker.kill("running", 15);
            assertThat(worker.await("running")).isEqualTo(143);
        }
    }

    @Test
    void theOutputOfADiscardedGuestStaysOpenUntilItIsMadeAnew() throws IOException {
        try (var output = Pipe.open()) {
            worker.create("c1", GuestModules.NOTHING, output, WasmContainer.newBuilder());
            output.writer().close();
            worker.discard("c1");
            assertThat(list("")).isEmpty();
            assertThat(output.reader().isReady(Epoll.READABLE)).isFalse();
            try (var writer = openAgain(output)) {
                var module = worker.module(GuestModules.TELLS_ARGUMENTS);
                worker.create("c1", module, List.of(writer, writer), WasmContainer.newBuilder());
            }
            worker.start("c1");
            assertThat(worker.await("c1")).isZero();
            assertThat(worker.readAll(output)).isEqualTo("/app.wasm\0");
        }
    }

    private static Descriptor openAgain(Pipe pipe) {
        var path = Path.of("/proc/self/fd", Integer.toString(pipe.reader().number()));
        return Descriptor.open(path, OpenFlag.WRITE, OpenFlag.NON_BLOCKING);
    }

    @Test
    void theOutputOfADiscardedGuestThatNobodyMakesAnewEndsWhenItsTimeIsUp() throws IOException {
        try (var own = own(Duration.ofMinutes(5), Duration.ofSeconds(1));
                var output = Pipe.open()) {
            own.create("c1", GuestModules.NOTHING, output, WasmContainer.newBuilder());
            own.discard("c1");
            assertThat(own.readAll(output)).isEmpty();
        }
    }

    @Test
    void aGuestThatWasStartedIsNotDiscarded() throws IOException {
        try (var output = Pipe.open()) {
            worker.start("c1", GuestModules.LOOPS, output);
            assertThatExceptionOfType(SandboxException.WrongState.class)
                    .isThrownBy(() -> worker.discard("c1"))
                    .withMessageContaining("c1");
        }
    }

    private List<String> list(String sandbox) {
        var answer =
                worker.worker()
                        .call(
                                "silica.wasm.v1.Worker",
                                "List",
                                ListRequest.newBuilder().setSandboxId(sandbox).build(),
                                ListResponse.parser(),
                                CallOptions.none());
        var found = new ArrayList<String>();
        answer.getContainersList()
                .forEach(c ->
                        found.add(
                                "%s in %s %s %d"
                                        .formatted(
                                                c.getId(),
                                                c.getSandboxId(),
                                                c.getState(),
                                                c.getExitStatus())));
        return found;
    }

    @Test
    void aWorkerThatWasKilledIsReplaced() {
        try (var own = own(Duration.ofMinutes(5), Duration.ofSeconds(1))) {
            var first = own.worker();
            WorkerFixture.kill(first);
            assertThat(first.death().status().orElseThrow().code()).isEqualTo(137);
            assertThat(own.worker().pid()).isNotEqualTo(first.pid());
        }
    }

    @Test
    void aWorkerWhoseStatusSomebodyElseHasCollectedIsKnownToBeDead() throws Exception {
        var collected = new CountDownLatch(1);
        try (var own = own(Duration.ofMinutes(5), Duration.ofSeconds(1));
                var busy = Pipe.open()) {
            var mortal = own.worker();
            try (var _ = own.poller().watch(busy.writer(), Epoll.WRITABLE, waitFor(collected))) {
                WorkerFixture.kill(mortal.pid());
                collected.countDown();
                WorkerFixture.await(() -> !mortal.isAlive());
            }
        }
    }

    /** Keeps a poller from noticing anything else. */
    private static Runnable waitFor(CountDownLatch latch) {
        return () -> {
            try {
                latch.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        };
    }

    @Test
    void aWorkerWithoutGuestsAndConnectionsEndsByItself() {
        try (var idle = own(Duration.ofMillis(200), Duration.ofSeconds(1))) {
            var process = idle.worker();
            WorkerFixture.await(() -> !process.isAlive());
        }
    }
}
