// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static io.silica.wasm.PodFixture.limits;
import static io.silica.wasm.PodFixture.resources;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.silica.linux.cgroup.Limits;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import io.silica.wasm.engine.Admission;
import io.silica.wasm.engine.GuestModules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of guests that use up what they may have, and of others meanwhile. */
@LeakCheck(cgroups = MemoryLimitTest.CGROUPS)
final class MemoryLimitTest {
    static final String CGROUPS = "/silica-test-memory-limit";

    private static final long MIB = 1 << 20;
    private static final String EATS_AND_TRAPS = GuestModules.growsAndTraps(65536);

    @TempDir Path directory;
    private final AtomicInteger told = new AtomicInteger();
    private PodFixture pods;

    @BeforeEach
    void begin() throws IOException {
        PodFixture.needsCgroups();
        pods = new PodFixture(directory, CGROUPS, Isolation.AUTO);
    }

    @AfterEach
    void end() {
        pods.close();
    }

    @Test
    void aGuestThatEatsItsLimitHarmsOnlyItselfAndIsToldAsOutOfMemory() throws Exception {
        var pod = pods.sandbox("pod", PodResources.UNLIMITED);
        var loops = pods.create(pod, "loops", GuestModules.LOOPS, limits(1, 0));
        loops.init().start();
        var eats =
                pods.create(
                        pod,
                        "eats",
                        EATS_AND_TRAPS,
                        limits(16, 0),
                        Stdio.NONE,
                        told::incrementAndGet);
        var toldAtTheEnd = new CompletableFuture<Integer>();
        var _ = eats.init().exit().onExit(_ -> toldAtTheEnd.complete(told.get()));
        eats.init().start();

        assertThat(eats.init().exit().await().code()).isEqualTo(134);
        assertThat(toldAtTheEnd.get()).as("told before its end").isOne();
        assertThat(eats.statistics().oomKills()).isEqualTo(1);
        assertThat(loops.init().exit().status()).isEmpty();

        var traps =
                pods.create(
                        pod,
                        "traps",
                        GuestModules.TRAPS,
                        limits(1, 0),
                        Stdio.NONE,
                        told::incrementAndGet);
        traps.init().start();
        assertThat(traps.init().exit().await().code()).isEqualTo(134);
        assertThat(told).as("what traps for another reason lacks nothing").hasValue(1);

        theNextDaemonIsToldSo(pod.identity());
    }

    private void theNextDaemonIsToldSo(Map<String, String> identity) {
        pods.restartDaemon(Isolation.AUTO);
        var spec = pods.spec("pod", PodResources.UNLIMITED);
        var adopted = pods.daemon().adopt(spec, identity, true).orElseThrow();
        told.set(0);
        assertThat(adopted.adoptContainers(List.of(former("eats"), former("traps")))).hasSize(2);
        assertThat(told).hasValue(1);
        adopted.close();
    }

    private FormerContainer former(String id) {
        return new FormerContainer(
                new ContainerId(id),
                new FormerProcess(1, Stdio.NONE, new ProcessState.Running()),
                Map.of(),
                told::incrementAndGet);
    }

    @Test
    void theLimitOfARunningContainerIsChangedOrItsRefusalSaysWhy() throws Exception {
        var pod = pods.sandbox("pod", PodResources.UNLIMITED);
        var grows = pods.create(pod, "grows", GuestModules.growsTo(32), limits(1, 0));
        grows.init().start();
        WorkerFixture.await(() -> grows.statistics().memoryBytes() == MIB);

        assertThatExceptionOfType(SandboxException.WrongState.class)
                .isThrownBy(() -> grows.update(new Resources(MIB / 2, 0, 0, 0)))
                .withMessageContaining("grows")
                .withMessageContaining("" + MIB);
        assertThatExceptionOfType(SandboxException.WrongState.class)
                .isThrownBy(() -> grows.update(limits(9, 0)))
                .withMessageContaining("" + 8 * MIB);
        assertThatExceptionOfType(SandboxException.Unsupported.class)
                .isThrownBy(() -> grows.update(limits(4, 500)))
                .withMessageContaining("CPU limit");
        assertThat(grows.statistics().memoryLimitBytes()).isEqualTo(MIB);

        grows.update(new Resources(4 * MIB, 512, 0, 0));

        assertThat(grows.init().exit().await().code()).isEqualTo(32);
        assertThat(grows.statistics().memoryLimitBytes()).isEqualTo(4 * MIB);
    }

    @Test
    void aLimitThatTheWorkerCannotHoldBesideOthersIsRefusedWithBothNumbers() throws Exception {
        var pod = pods.sandbox("pod", resources(64, 1000));
        var first = pods.create(pod, "first", GuestModules.LOOPS, limits(48, 0));
        var unlimited = pods.create(pod, "unlimited", GuestModules.growsTo(2), limits(0, 0));

        assertThatExceptionOfType(SandboxException.Exhausted.class)
                .isThrownBy(() -> pods.create(pod, "second", GuestModules.LOOPS, limits(32, 0)))
                .withMessageContaining("second")
                .withMessageContaining("memory limit of " + 32 * MIB + " bytes")
                .withMessageContaining("that all its containers may have together");

        unlimited.init().start();
        assertThat(unlimited.init().exit().await().code()).as("takes what is left").isEqualTo(2);
        first.init().kill(Signal.KILL, false);
        assertThat(first.init().exit().await().code()).isEqualTo(137);
        var second = pods.create(pod, "second", GuestModules.exits(3), limits(32, 0));
        second.init().start();
        assertThat(second.init().exit().await().code()).isEqualTo(3);
    }

    @Test
    void aPodsLimitCountsInAWorkerThatOthersShareWhateverItsContainersMay() throws Exception {
        var neighbour = pods.sandbox("neighbour", PodResources.UNLIMITED);
        var shares = pods.create(neighbour, "shares", GuestModules.LOOPS, limits(1, 0));
        shares.init().start();
        var pod = pods.sandbox("pod", resources(16, 0));
        var eats =
                pods.create(
                        pod,
                        "eats",
                        EATS_AND_TRAPS,
                        limits(32, 0),
                        Stdio.NONE,
                        told::incrementAndGet);
        eats.init().start();

        assertThat(eats.init().exit().await().code()).isEqualTo(134);
        assertThat(told).hasValue(1);
        assertThat(eats.init().pid()).isEqualTo(shares.init().pid());
        assertThat(eats.statistics().memoryLimitBytes()).isEqualTo(16 * MIB);
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() ->
                        pods.create(pod, "large", GuestModules.beginsWith(17 * 16), limits(32, 0)))
                .withMessageContaining("to begin with and its limit is " + 16 * MIB);
        assertThat(shares.init().exit().status()).isEmpty();
    }

    @Test
    void theSumOfTheLimitsThatThereAreIsNoneForAContainerWithout() throws Exception {
        var pod = pods.sandbox("pod", resources(1, 0));
        var limited = pods.create(pod, "limited", GuestModules.growsTo(16), limits(1, 0));
        var unlimited = pods.create(pod, "unlimited", GuestModules.growsTo(64), limits(0, 0));

        unlimited.init().start();
        assertThat(unlimited.init().exit().await().code()).isEqualTo(64);
        limited.init().start();
        assertThat(limited.init().exit().await().code()).isEqualTo(16);
    }

    @Test
    void theLimitOfAPodInASharedWorkerIsChangedOrItsRefusalSaysWhy() throws Exception {
        var pod = pods.sandbox("pod", resources(1, 0));
        var grows = pods.create(pod, "grows", GuestModules.growsTo(32), limits(4, 0));
        grows.init().start();
        WorkerFixture.await(() -> grows.statistics().memoryBytes() == MIB);

        var less = new PodResources(new Resources(MIB / 2, 0, 0, 0), Resources.UNLIMITED);
        assertThatExceptionOfType(SandboxException.WrongState.class)
                .isThrownBy(() -> pod.update(less))
                .withMessageContaining("sandbox \"pod\"")
                .withMessageContaining("have taken " + MIB);

        pod.update(resources(4, 0));

        assertThat(grows.init().exit().await().code()).isEqualTo(32);
    }

    @Test
    void aLimitOfAPodThatOneOfItsWorkersRefusesHoldsInNone() throws Exception {
        var pod = pods.sandbox("pod", resources(4, 0));
        var few = pods.create(pod, "a", GuestModules.growsTo(32), limits(1, 0));
        ((WasmProcess) few.init()).worker().retire();
        var more = pods.create(pod, "b", GuestModules.growsTo(64), limits(2, 0));
        assertThat(more.init().pid()).isNotEqualTo(few.init().pid());
        few.init().start();
        more.init().start();
        WorkerFixture.await(() -> few.statistics().memoryBytes() == MIB);
        WorkerFixture.await(() -> more.statistics().memoryBytes() == 2 * MIB);

        var less = new PodResources(new Resources(3 * MIB / 2, 0, 0, 0), Resources.UNLIMITED);
        assertThatExceptionOfType(SandboxException.WrongState.class)
                .isThrownBy(() -> pod.update(less))
                .withMessageContaining("have taken " + 2 * MIB);

        few.update(limits(2, 0));
        assertThat(few.init().exit().await().code()).isEqualTo(32);
    }

    @Test
    void soManyContainersThatTheirCostIsTooMuchAreRefusedAndTheWorkerLives() throws Exception {
        var pod = pods.sandbox("pod", resources(1, 1000));
        var first = pods.create(pod, "first", GuestModules.exits(3), limits(0, 0));

        assertThatExceptionOfType(SandboxException.Exhausted.class)
                .isThrownBy(() -> {
                    for (int i = 0; i < 200; i++) {
                        pods.create(pod, "c" + i, GuestModules.exits(3), limits(0, 0));
                    }
                })
                .withMessageContaining("costs " + Admission.OVERHEAD + " besides");

        first.init().start();
        assertThat(first.init().exit().await().code()).isEqualTo(3);
    }

    @Test
    void aPodsOwnWorkerHoldsWhatItsContainersMayHaveAndTheFloorHoldsTheRest() throws Exception {
        var pod = pods.sandbox("pod", resources(64, 1000));
        for (int i = 0; i < 3; i++) {
            var eats = pods.create(pod, "eats", GuestModules.growsTo(60 * 16), limits(60, 0));
            eats.init().start();
            assertThat(eats.init().exit().await().code()).isEqualTo(60 * 16 & 0xff);
            eats.init().delete();
        }
        assertThat(pods.cgroup("pod").memoryKills()).isZero();
    }

    @Test
    void whatTheKernelKillsForItsPodsMemoryIsToldAsOutOfMemory() throws Exception {
        var pod = pods.sandbox("pod", resources(64, 1000));
        var loops =
                pods.create(
                        pod,
                        "loops",
                        GuestModules.LOOPS,
                        limits(1, 0),
                        Stdio.NONE,
                        told::incrementAndGet);
        var eats =
                pods.create(
                        pod,
                        "eats",
                        GuestModules.growsTo(32 * 16),
                        limits(32, 0),
                        Stdio.NONE,
                        told::incrementAndGet);
        loops.init().start();
        long used = pods.cgroup("pod").usage().memory().orElseThrow().usage();
        pods.cgroup("pod").limit(Limits.NONE.withMemory(used + 8 * MIB));
        eats.init().start();

        assertThat(loops.init().exit().await().code()).isEqualTo(137);
        assertThat(eats.init().exit().await().code()).isEqualTo(137);
        assertThat(told).hasValue(2);
        assertThat(pod.exit().status()).isEmpty();
    }
}
