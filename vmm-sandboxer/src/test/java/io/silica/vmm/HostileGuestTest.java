// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Timestamp;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.cgroups.v2.CPUStat;
import io.silica.proto.containerd.cgroups.v2.MemoryStat;
import io.silica.proto.containerd.cgroups.v2.Metrics;
import io.silica.proto.containerd.cgroups.v2.PidsStat;
import io.silica.proto.containerd.task.StatsResponse;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.proto.guest.GuestContainerState;
import io.silica.proto.guest.GuestProcessState;
import io.silica.proto.guest.ListResponse;
import io.silica.proto.guest.OutputChunk;
import io.silica.proto.guest.ProcessPhase;
import io.silica.proto.guest.StatisticsResponse;
import io.silica.sandbox.Container;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import io.silica.sandbox.Stdio;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest that has been taken over, and answers in the right form what is not so. */
@LeakCheck
final class HostileGuestTest {
    private static final long LARGEST = 1L << 53;

    @TempDir Path directory;
    private PodInMemory pod;

    @BeforeEach
    void startPod() throws IOException {
        pod = new PodInMemory(directory);
    }

    @AfterEach
    void closePod() {
        pod.guest().repent();
        pod.close();
    }

    @Test
    void figuresOfAPodThatCannotBeAreCutToSomeThatCan() {
        pod.guest()
                .lie(
                        "Statistics",
                        _ ->
                                StatisticsResponse.newBuilder()
                                        .setCpuNanoseconds(-1)
                                        .setMemoryBytes(-1)
                                        .setMemoryAvailableBytes(-1)
                                        .setProcesses(-1)
                                        .build());
        assertThatFigureCanBe(pod.sandbox().statistics());
    }

    @Test
    void figuresOfAContainerThatCannotBeAreCutOrRefused() {
        var container = sleeping();
        lieAboutFigures(
                Metrics.newBuilder()
                        .setCpu(CPUStat.newBuilder().setUsageUsec(-1))
                        .setMemory(
                                MemoryStat.newBuilder()
                                        .setUsage(Long.MIN_VALUE)
                                        .setUsageLimit(-1)
                                        .setInactiveFile(Long.MAX_VALUE))
                        .setPids(PidsStat.newBuilder().setCurrent(-1))
                        .build()
                        .toByteString());
        assertThatFigureCanBe(container.statistics());

        lieAboutFigures(ByteString.copyFrom(new byte[] {0x0a, 0x7f, 1, 2, 3}));
        assertThatThrownBy(container::statistics)
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessageContaining("make no sense");
    }

    private void lieAboutFigures(ByteString figures) {
        pod.guest()
                .lie(
                        "Stats",
                        _ ->
                                StatsResponse.newBuilder()
                                        .setStats(Any.newBuilder().setValue(figures))
                                        .build());
    }

    private static void assertThatFigureCanBe(Statistics told) {
        assertThat(told.cpuNanos()).isBetween(0L, LARGEST);
        assertThat(told.memoryBytes()).isBetween(0L, LARGEST);
        assertThat(told.inactiveFileBytes()).isBetween(0L, LARGEST);
        assertThat(told.memoryLimitBytes()).isBetween(0L, LARGEST);
        assertThat(told.processes()).isBetween(0L, LARGEST);
        // Those of a node are added up.
        assertThat(told.plus(told).cpuNanos()).isPositive();
    }

    @Test
    void theWordsOfAGuestAreCutShortAndCannotSteerATerminal() {
        pod.guest().lie("Create", failing(StatusCode.INTERNAL, "\033[2J\r\n" + "x".repeat(99_999)));
        assertThatThrownBy(this::sleeping)
                .isInstanceOf(SandboxException.Failed.class)
                .satisfies(
                        it -> assertThat(it.getMessage()).matches("[ -~]+").hasSizeLessThan(1000));
        pod.guest().repent();
        sleeping().init().start();
    }

    @Test
    void whatAGuestListsIsAPodsOnlyIfThePodHasIt() throws IOException {
        sleeping().init().start();
        var bystander = Files.createFile(directory.resolve("bystander"));
        pod.guest()
                .lie(
                        "List",
                        _ ->
                                ListResponse.newBuilder()
                                        .addContainers(running("../../../bystander"))
                                        .addContainers(running(bystander.toString()))
                                        .addContainers(running("another-pods"))
                                        .addContainers(running(""))
                                        .addContainers(running("c1"))
                                        .addContainers(running("c1"))
                                        .build());
        var found = pod.nextLife(Stdio.NONE);
        assertThat(pod.adopted()).isEqualTo(1);
        assertThat(bystander).exists();
        assertThat(found.init().exit().status()).isEmpty();
    }

    @Test
    void aStrangerThatAGuestDoesNotEndKeepsNobodyFromWhatIsKnown() {
        sleeping().init().start();
        pod.guest()
                .lie(
                        "List",
                        _ ->
                                ListResponse.newBuilder()
                                        .addContainers(running("another-pods"))
                                        .addContainers(running("c1"))
                                        .build());
        pod.guest().lie("Kill", failing(StatusCode.DEADLINE_EXCEEDED, "it does not end"));
        var found = pod.nextLife(Stdio.NONE);
        assertThat(pod.adopted()).isEqualTo(1);
        assertThat(found.init().exit().status()).isEmpty();
    }

    private static GuestContainerState running(String id) {
        var process = GuestProcessState.newBuilder().setPhase(ProcessPhase.PROCESS_PHASE_RUNNING);
        return GuestContainerState.newBuilder()
                .setId(id)
                .addProcesses(process)
                .addProcesses(process.setExecId("../e"))
                .build();
    }

    @Test
    void anEndThatCannotBeIsOneOfAnUnknownCodeAndOfNow() throws Exception {
        pod.guest()
                .lie(
                        "Wait",
                        _ ->
                                WaitResponse.newBuilder()
                                        .setExitStatus(-5)
                                        .setExitedAt(
                                                Timestamp.newBuilder()
                                                        .setSeconds(Long.MAX_VALUE)
                                                        .setNanos(-1))
                                        .build());
        var before = Instant.now();
        var status = sleeping().init().exit().await();
        assertThat(status.code()).isEqualTo(ExitStatus.UNKNOWN);
        assertThat(status.at()).isBetween(before, Instant.now());
    }

    @Test
    void aGuestThatAlwaysLosesAWaitIsNotAskedWithoutAPause() throws Exception {
        int wanted = 30;
        var asked = new CountDownLatch(wanted);
        pod.guest()
                .lie(
                        "Wait",
                        it -> {
                            asked.countDown();
                            return failing(StatusCode.UNAVAILABLE, "lost").apply(it);
                        });
        long begun = System.nanoTime();
        sleeping();
        asked.await();
        // Three tries, and then a pause of 50 ms.
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isGreaterThan(Duration.ofMillis(400));
    }

    @Test
    void outputThatBeginsNowhereDoesNotHoldUpWhatIsTrue() throws Exception {
        for (long offset : new long[] {Long.MIN_VALUE, -1}) {
            pod.guest()
                    .lie(
                            "Output",
                            _ ->
                                    OutputChunk.newBuilder()
                                            .setOffset(offset)
                                            .setData(ByteString.copyFromUtf8("x"))
                                            .build());
            var out = pod.fifo("out" + offset);
            var init = pod.create(new Stdio("", out.toString(), "", false), "print", "true").init();
            init.start();
            assertThat(Files.readString(out)).endsWith("rue\n");
            assertThat(init.exit().await().code()).isZero();
            init.delete();
        }
    }

    @Test
    void aGuestThatDoesNotLetItselfBeStoppedIsEndedByForce() {
        sleeping().init().start();
        var never = new CountDownLatch(1);
        pod.guest().lie("Kill", _ -> await(never));
        pod.guest().lie("PowerOff", _ -> await(never));
        pod.sandbox().stop();
        assertThat(pod.sandbox().exit().status()).isPresent();
        never.countDown();
    }

    @Test
    void aGuestThatDoesNotEndAContainerIsAskedToPowerOffAllTheSame() {
        sleeping().init().start();
        pod.guest().lie("Kill", failing(StatusCode.INTERNAL, "no"));
        var asked = new CountDownLatch(1);
        pod.guest()
                .lie(
                        "PowerOff",
                        it -> {
                            asked.countDown();
                            return failing(StatusCode.INTERNAL, "no").apply(it);
                        });
        pod.sandbox().stop();
        assertThat(asked.getCount()).isZero();
    }

    private static MessageLite await(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        throw new TtrpcException(StatusCode.ABORTED, "too late");
    }

    private static Function<MessageLite, MessageLite> failing(StatusCode code, String words) {
        return _ -> {
            throw new TtrpcException(code, words);
        };
    }

    private Container sleeping() {
        return pod.create(Stdio.NONE, "sleep");
    }
}
