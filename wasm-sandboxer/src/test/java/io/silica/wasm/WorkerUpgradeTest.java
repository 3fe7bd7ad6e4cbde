// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static io.silica.wasm.WasmSandboxerTest.sandboxSpec;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.ProcessIdentity;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import io.silica.server.config.LimitsConfig;
import io.silica.wasm.engine.GuestModules;
import io.silica.wasm.worker.ProtocolVersions;
import io.silica.wasm.worker.StandInWorker;
import io.silica.wasm.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Daemons of one release find workers of another. */
@LeakCheck
final class WorkerUpgradeTest {
    private static final SandboxId POD = new SandboxId("s1");
    private static final ProtocolVersions FIRST = new ProtocolVersions(1, 1);
    private static final ProtocolVersions SECOND = new ProtocolVersions(1, 2);
    private static final ProtocolVersions THIRD = new ProtocolVersions(2, 3);
    private static final ProtocolVersions FOURTH = new ProtocolVersions(3, 4);
    private static final WorkerOptions SHORT_LIVED =
            new WorkerOptions(Duration.ofSeconds(1), 64L << 20, 0, Duration.ofSeconds(30));

    @TempDir Path directory;
    private final Set<Integer> workers = new LinkedHashSet<>();
    private Path rootfs;
    private WasmSandboxer daemon;
    private Sandbox pod;

    @BeforeEach
    void begin() throws IOException {
        rootfs = Files.createDirectory(directory.resolve("rootfs"));
        Files.write(rootfs.resolve("loop.wasm"), GuestModules.binary(GuestModules.LOOPS));
        Files.write(rootfs.resolve("exit.wasm"), GuestModules.binary(GuestModules.exits(5)));
        daemon = daemon(FIRST, WorkerOptions.DEFAULTS);
        pod = daemon.create(sandboxSpec(POD.value()));
    }

    @AfterEach
    void end() {
        pod.close();
        daemon.close();
        workers.forEach(WorkerFixture::kill);
    }

    @Test
    void aWorkerOfTheReleaseBeforeIsGoneOnWith() throws Exception {
        var before = started("c1");

        replaceDaemon(SECOND);
        var found = adopted("c1");
        var made = started("c2");

        assertThat(found.getFirst().state()).isInstanceOf(ProcessState.Running.class);
        assertThat(made.pid()).isEqualTo(before.pid());
        assertThat(killed(process(found, "c1"))).isEqualTo(137);
        assertThat(killed(made)).isEqualTo(137);
    }

    @Test
    void theWayBackToTheReleaseBeforeGoesOnWithTheNewerWorker() throws Exception {
        replaceDaemon(SECOND);
        var newer = started("c1");

        replaceDaemon(FIRST);
        var found = adopted("c1");
        var made = started("c2");

        assertThat(made.pid()).isEqualTo(newer.pid());
        assertThat(killed(process(found, "c1"))).isEqualTo(137);
        assertThat(killed(made)).isEqualTo(137);
    }

    @Test
    void whatTheWorkerOfTheReleaseBeforeWouldPassOverIsGivenToAnotherOne() throws Exception {
        var before = started("c1");

        replaceDaemon(SECOND);
        adopted("c1");
        var limited = create("c2", "/loop.wasm", Map.of("io.silica.wasm.deadline", "1m")).init();

        assertThat(limited.pid()).isNotEqualTo(before.pid());
    }

    @Test
    void aWorkerThatSharesNoVersionKeepsItsContainersAndAnotherOneGetsTheNew() throws Exception {
        var loop = started("loop");
        var waiting = create("waiting", "/exit.wasm").init();

        replaceDaemon(FOURTH);
        var found = adopted("loop", "waiting");
        var made = started("made");

        assertThat(found)
                .extracting(AdoptedContainer::state)
                .anyMatch(ProcessState.Running.class::isInstance)
                .anyMatch(ProcessState.Created.class::isInstance);
        assertThat(made.pid()).isNotEqualTo(loop.pid());
        var exits = process(found, "waiting");
        assertThat(exits.pid()).isEqualTo(waiting.pid());
        exits.start();
        assertThat(exits.exit().await().code()).isEqualTo(5);
        assertThat(killed(process(found, "loop"))).isEqualTo(137);
        assertThat(killed(made)).isEqualTo(137);
    }

    @Test
    void aWorkerOfTheFutureIsLeftWhatItHasToo() throws Exception {
        replaceDaemon(FOURTH);
        var loop = started("loop");

        replaceDaemon(FIRST);
        var found = adopted("loop");
        var made = started("made");

        assertThat(made.pid()).isNotEqualTo(loop.pid());
        assertThat(killed(process(found, "loop"))).isEqualTo(137);
        assertThat(killed(made)).isEqualTo(137);
    }

    @Test
    void theNextDaemonFindsBothAndMakesNewContainersInTheNewerOneThatItSpeaksWith()
            throws Exception {
        var first = started("c1");
        replaceDaemon(FOURTH);
        adopted("c1");
        var fourth = started("c2");

        replaceDaemon(THIRD);
        var found = adopted("c1", "c2");
        var made = started("c3");

        assertThat(process(found, "c1").pid()).isEqualTo(first.pid());
        assertThat(process(found, "c2").pid()).isEqualTo(fourth.pid());
        assertThat(made.pid()).isEqualTo(fourth.pid());
    }

    @Test
    void aPodIsStoppedInAllWorkers() throws Exception {
        started("c1");
        replaceDaemon(FOURTH);
        adopted("c1");
        started("c2");

        replaceDaemon(FOURTH);
        pod.stop();

        assertThat(adopted("c1", "c2")).isEmpty();
    }

    @Test
    void whatBelongsToNoPodIsEndedInAllWorkers() throws Exception {
        started("c1");
        replaceDaemon(FOURTH);
        started("c2");

        daemon.endStrangers(_ -> false);

        assertThat(adopted("c1", "c2")).isEmpty();
    }

    @Test
    void aWorkerThatGetsNothingNewEndsByItselfAfterItsLastContainer() throws Exception {
        daemon.close();
        daemon = daemon(FIRST, SHORT_LIVED);
        pod = daemon.create(sandboxSpec(POD.value()));
        int worker = started("c1").pid();
        replaceDaemon(FOURTH);
        var process = process(adopted("c1"), "c1");

        assertThat(ProcessHandle.of(worker)).isPresent();
        assertThat(killed(process)).isEqualTo(137);
        process.delete();

        WorkerFixture.await(() -> !isRunning(worker));
    }

    private static boolean isRunning(int pid) {
        return ProcessIdentity.of(pid).isPresent();
    }

    /** A daemon of another release takes its place and finds the pod. */
    private void replaceDaemon(ProtocolVersions release) {
        daemon.close();
        daemon = daemon(release, WorkerOptions.DEFAULTS);
        pod = daemon.adopt(sandboxSpec(POD.value()), Map.of(), true).orElseThrow();
    }

    private WasmSandboxer daemon(ProtocolVersions release, WorkerOptions options) {
        return new WasmSandboxer(
                () -> worker(release).with(options),
                Engines.EMBEDDED,
                Isolation.AUTO,
                directory.resolve("state"),
                WasmDaemon.hostCalls(LimitsConfig.DEFAULT),
                InstantSource.system(),
                release);
    }

    private static WorkerCommand worker(ProtocolVersions release) {
        return TrainedWorker.command()
                .withMain(
                        StandInWorker.class.getName(),
                        Integer.toString(release.oldest()),
                        Integer.toString(release.newest()));
    }

    private ContainerProcess started(String id) {
        var process = create(id, "/loop.wasm").init();
        process.start();
        return process;
    }

    private Container create(String id, String module) {
        return create(id, module, Map.of());
    }

    private Container create(String id, String module, Map<String, String> annotations) {
        var process =
                new ProcessSpec(List.of(module), List.of(), "/", ProcessSpec.User.ROOT, false);
        var spec =
                new OciSpec(
                        process,
                        false,
                        Optional.empty(),
                        List.of(),
                        annotations,
                        Optional.empty(),
                        Resources.UNLIMITED,
                        "{}");
        var container =
                pod.createContainer(
                        new ContainerConfig(
                                new ContainerId(id), POD, directory, rootfs, spec, Stdio.NONE),
                        () -> {});
        workers.add(container.init().pid());
        return container;
    }

    private List<AdoptedContainer> adopted(String... ids) {
        var former = new ArrayList<FormerContainer>();
        for (var id : ids) {
            former.add(
                    new FormerContainer(
                            new ContainerId(id),
                            new FormerProcess(1, Stdio.NONE, new ProcessState.Created()),
                            Map.of(),
                            () -> {}));
        }
        return pod.adoptContainers(former);
    }

    private static ContainerProcess process(List<AdoptedContainer> found, String id) {
        return found.stream()
                .filter(it -> it.id().value().equals(id))
                .findFirst()
                .orElseThrow()
                .container()
                .init();
    }

    private static int killed(ContainerProcess process) throws InterruptedException {
        process.kill(Signal.KILL, true);
        return process.exit().await().code();
    }
}
