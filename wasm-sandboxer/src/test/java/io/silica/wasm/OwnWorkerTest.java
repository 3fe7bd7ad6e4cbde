// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static io.silica.wasm.PodFixture.limits;
import static io.silica.wasm.PodFixture.resources;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.silica.linux.Pidfd;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Signal;
import io.silica.wasm.engine.GuestModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which pods share a worker, and what is so of a worker that one has to itself. */
@LeakCheck(cgroups = OwnWorkerTest.CGROUPS)
final class OwnWorkerTest {
    static final String CGROUPS = "/silica-test-own-worker";

    private static final Resources NO_LIMIT = Resources.UNLIMITED;
    private static final int CONTINUE = 18;
    private static final int STOP = 19;

    @TempDir Path directory;
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
    void aWorkerOfAPodsOwnRunsInThePodsCgroupAndNothingIsLeftOfItWithThePod() throws Exception {
        pods.restartDaemon(Isolation.POD);
        var one = pods.sandbox("one", resources(32, 0));
        var other = pods.sandbox("other", PodResources.UNLIMITED);
        var first = pods.create(one, "c1", GuestModules.LOOPS, limits(32, 0));
        var second = pods.create(one, "c2", GuestModules.exits(4), NO_LIMIT);
        var third = pods.create(other, "c3", GuestModules.LOOPS, NO_LIMIT);
        third.init().start();

        int pid = first.init().pid();
        assertThat(second.init().pid()).isEqualTo(pid);
        assertThat(third.init().pid()).isNotEqualTo(pid);
        assertThat(pods.cgroup("one").processes()).containsExactly(pid);
        second.init().start();
        assertThat(second.init().exit().await().code()).isEqualTo(4);

        one.close();

        assertThat(first.init().exit().await().code()).isEqualTo(137);
        assertThat(ProcessIdentity.of(pid)).isEmpty();
        assertThat(pods.cgroup("one").processes()).isEmpty();
        assertThat(pods.state().resolve(OwnWorkers.name(new SandboxId("one")))).doesNotExist();
        assertThat(third.init().exit().status()).isEmpty();
    }

    @Test
    void whatHasACpuLimitHasAWorkerOfItsOwnAndTheRestShareOne() throws Exception {
        var limited = pods.sandbox("limited", resources(0, 500));
        var free = pods.sandbox("free", resources(64, 0));
        var other = pods.sandbox("other", PodResources.UNLIMITED);

        int own = pods.create(limited, "c1", GuestModules.LOOPS, limits(0, 500)).init().pid();
        int shared = pods.create(free, "c2", GuestModules.LOOPS, limits(64, 0)).init().pid();

        assertThat(shared).isNotEqualTo(own);
        assertThat(pods.create(other, "c3", GuestModules.LOOPS, NO_LIMIT).init().pid())
                .isEqualTo(shared);
        assertThat(pods.cgroup("limited").processes()).containsExactly(own);
        assertThat(pods.cgroup("free").processes()).isEmpty();
        assertThatExceptionOfType(SandboxException.Unsupported.class)
                .isThrownBy(() -> other.update(resources(0, 500)))
                .withMessageContaining("other");
    }

    @Test
    void aWorkerThatAllPodsShareRefusesACpuLimitInWords() throws Exception {
        pods.restartDaemon(Isolation.NODE);
        assertThatExceptionOfType(SandboxException.Unsupported.class)
                .isThrownBy(() -> pods.sandbox("limited", resources(0, 500)))
                .withMessageContaining("wasm.isolation");
        var pod = pods.sandbox("free", PodResources.UNLIMITED);
        assertThatExceptionOfType(SandboxException.Unsupported.class)
                .isThrownBy(() -> pods.create(pod, "c1", GuestModules.LOOPS, limits(0, 500)))
                .withMessageContaining("wasm.isolation");
    }

    @Test
    void aLimitThatIsTooSmallForAWorkerIsRefusedNamingTheOverhead() throws Exception {
        var small = new PodResources(limits(64, 500), limits(8, 0));
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> pods.sandbox("small", small))
                .withMessageContaining("overhead.podFixed")
                .withMessageContaining("" + (72 << 20));
        // Without a CPU limit it shares a worker, which nobody charges to it.
        var fits = new PodResources(limits(64, 0), limits(8, 0));
        assertThat(pods.sandbox("fits", fits).exit().status()).isEmpty();
    }

    @Test
    void aLimitOfOneContainerThatThePodDoesNotHaveIsRefused() throws Exception {
        var pod = pods.sandbox("pod", PodResources.UNLIMITED);
        assertThatExceptionOfType(SandboxException.Unsupported.class)
                .isThrownBy(() -> pods.create(pod, "c1", GuestModules.LOOPS, limits(0, 500)))
                .withMessageContaining("c1");
    }

    @Test
    void aCpuLimitIsKept() throws Exception {
        var pod = pods.sandbox("limited", resources(0, 200));
        pods.create(pod, "c1", GuestModules.LOOPS, limits(0, 200)).init().start();
        WorkerFixture.await(() -> pods.cgroup("limited").throttled() > 0);
    }

    @Test
    void aChangedCpuLimitOfAPodIsThatOfItsContainersFromThenOn() throws Exception {
        var pod = pods.sandbox("limited", resources(0, 500));
        var before = pods.create(pod, "c1", GuestModules.LOOPS, limits(0, 500));

        pod.update(resources(0, 1000));

        assertThat(pods.create(pod, "c2", GuestModules.LOOPS, limits(0, 1000)).init().pid())
                .isEqualTo(before.init().pid());
        before.update(limits(0, 1000));
        assertThatExceptionOfType(SandboxException.Unsupported.class)
                .isThrownBy(() -> before.update(limits(0, 500)))
                .withMessageContaining("CPU limit that is not its pod's");
    }

    @Test
    void theNextDaemonEndsAWorkerWhosePodNobodyKnows() throws Exception {
        var known = pods.create(limited("known"), "c1", GuestModules.LOOPS, limits(0, 500));
        var stranger = pods.create(limited("stranger"), "c2", GuestModules.LOOPS, limits(0, 500));
        known.init().start();
        int pid = stranger.init().pid();

        pods.restartDaemon(Isolation.AUTO);
        pods.daemon().endStrangers(id -> id.value().equals("known"));

        WorkerFixture.await(() -> ProcessIdentity.of(pid).isEmpty());
        assertThat(ProcessIdentity.of(known.init().pid())).isPresent();
        try (var files = Files.list(pods.state())) {
            assertThat(files.filter(it -> it.toString().contains("pod-"))).hasSize(1);
        }
    }

    private Sandbox limited(String id) {
        return pods.sandbox(id, resources(0, 500));
    }

    @Test
    void aPodIsAdoptedAsItWasMadeWhateverTheConfigurationSaysNow() throws Exception {
        pods.restartDaemon(Isolation.POD);
        var pod = pods.sandbox("pod", PodResources.UNLIMITED);
        int pid = pods.create(pod, "c1", GuestModules.LOOPS, NO_LIMIT).init().pid();
        var identity = pod.identity();

        pods.restartDaemon(Isolation.AUTO);
        var adopted =
                pods.daemon()
                        .adopt(pods.spec("pod", PodResources.UNLIMITED), identity, true)
                        .orElseThrow();
        assertThat(adopted.adoptContainers(List.of())).isEmpty();

        assertThat(pods.create(adopted, "c2", GuestModules.LOOPS, NO_LIMIT).init().pid())
                .isEqualTo(pid);
        adopted.close();
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() ->
                        pods.daemon()
                                .adopt(
                                        pods.spec("pod", PodResources.UNLIMITED),
                                        Map.of("isolation", "SOMEHOW"),
                                        true))
                .withMessageContaining("SOMEHOW");
    }

    @Test
    void aWorkerThatStandsStillKeepsNoOtherFromBeingFound() throws Exception {
        var still = pods.create(limited("still"), "c1", GuestModules.LOOPS, limits(0, 500));
        pods.create(limited("other"), "c2", GuestModules.LOOPS, limits(0, 500)).init().start();
        still.init().start();

        pods.restartDaemon(Isolation.AUTO);
        try (var calls = Executors.newVirtualThreadPerTaskExecutor();
                var worker = Pidfd.open(still.init().pid())) {
            worker.signal(STOP);
            var late = calls.submit(() -> found("still", "c1"));
            try {
                var found = found("other", "c2");
                assertThat(found.state()).isEqualTo(new ProcessState.Running());
                found.container().init().kill(Signal.KILL, false);
                assertThat(found.container().init().exit().await().code()).isEqualTo(137);
                assertThat(late.isDone()).isFalse();
            } finally {
                worker.signal(CONTINUE);
            }
            assertThat(late.get(60, TimeUnit.SECONDS).state())
                    .isEqualTo(new ProcessState.Running());
        }
    }

    /** A container as the next life of the daemon finds it. */
    private AdoptedContainer found(String pod, String container) {
        var adopted =
                pods.daemon()
                        .adopt(pods.spec(pod, resources(0, 500)), Map.of(), true)
                        .orElseThrow();
        return adopted.adoptContainers(List.of(WasmSandboxerTest.former(container))).getFirst();
    }

    @Test
    void theDeathOfAWorkerIsTheEndOfItsOwnPodsContainersAndTheNextOneGetsANewOne()
            throws Exception {
        var pod = limited("limited");
        var shares = pods.sandbox("free", PodResources.UNLIMITED);
        var dies = pods.create(pod, "c1", GuestModules.LOOPS, limits(0, 500));
        var lives = pods.create(shares, "c2", GuestModules.LOOPS, NO_LIMIT);
        dies.init().start();
        lives.init().start();

        WorkerFixture.kill(dies.init().pid());

        assertThat(dies.init().exit().await().code()).isEqualTo(137);
        assertThat(lives.init().exit().status()).isEmpty();
        assertThat(pod.exit().status()).isEmpty();
        dies.init().delete();
        var next = pods.create(pod, "c3", GuestModules.LOOPS, limits(0, 500));
        next.init().start();
        next.init().kill(Signal.KILL, false);
        assertThat(next.init().exit().await().code()).isEqualTo(137);
    }
}
