// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.Descriptor;
import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import io.silica.server.config.LimitsConfig;
import io.silica.wasm.engine.GuestModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeakCheck
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class WasmSandboxerTest {
    private static final int OTHER_USER = 1000;

    /** Of tests that kill the worker, after which there is none for others to share. */
    private static final int LAST = Integer.MAX_VALUE;

    @RegisterExtension static final SharedWorker SHARED = SharedWorker.onEndive();

    @TempDir Path directory;
    private final Poller poller = Poller.start("silica-test-poller");
    private final List<Sandbox> sandboxes = new ArrayList<>();
    private WasmSandboxer sandboxer;
    private Path rootfs;

    @BeforeEach
    void begin() throws IOException {
        rootfs = Files.createDirectory(directory.resolve("rootfs"));
        sandboxer = sandboxer();
    }

    private WasmSandboxer sandboxer() {
        return new WasmSandboxer(
                TrainedWorker::command,
                Engines.EMBEDDED,
                Isolation.AUTO,
                SHARED.state(),
                WasmDaemon.hostCalls(LimitsConfig.DEFAULT),
                InstantSource.system());
    }

    @AfterEach
    void end() {
        sandboxes.forEach(Sandbox::close);
        sandboxer.close();
        poller.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app/main.wasm", "main.wasm", "./main.wasm", "/link.wasm", "/up.wasm"})
    void theModuleIsFoundByItsPathInTheContainer(String path) throws Exception {
        Files.createDirectory(rootfs.resolve("app"));
        module("app/main.wasm", GuestModules.exits(5));
        Files.createSymbolicLink(rootfs.resolve("link.wasm"), Path.of("/app/main.wasm"));
        Files.createSymbolicLink(rootfs.resolve("up.wasm"), Path.of("../../app/main.wasm"));
        var container = create(sandbox("s1"), spec("c1").args(path).cwd("/app"));
        assertThat(run(container)).isEqualTo(5);
    }

    @Test
    void aModuleThatIsNotInTheContainerIsRefusedByName() throws IOException {
        var outside = Files.write(directory.resolve("outside"), new byte[1]);
        Files.createSymbolicLink(rootfs.resolve("escape.wasm"), outside);
        Files.createDirectory(rootfs.resolve("dir.wasm"));
        var sandbox = sandbox("s1");
        for (var path : List.of("/none.wasm", "/escape.wasm", "/dir.wasm")) {
            assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                    .isThrownBy(() -> create(sandbox, spec("c1").args(path)))
                    .withMessageContaining(path)
                    .withMessageContaining("c1");
        }
    }

    @Test
    void aModuleMayBeInAVolume() throws Exception {
        var volume = Files.createDirectory(directory.resolve("volume"));
        Files.write(volume.resolve("main.wasm"), GuestModules.binary(GuestModules.exits(6)));
        var container =
                create(
                        sandbox("s1"),
                        spec("c1").args("/mnt/main.wasm").mount(bind(volume, "/mnt", false)));
        assertThat(run(container)).isEqualTo(6);
    }

    @Test
    void outputReachesTheFifoAndEndsBeforeTheExitIsKnown() throws Exception {
        module("app.wasm", GuestModules.TELLS_ARGUMENTS);
        var fifo = fifo("stdout");
        try (var out = poller.inputStream(reader(fifo))) {
            var container =
                    create(
                            sandbox("s1"),
                            spec("c1")
                                    .args("/app.wasm", "x")
                                    .env("A=1")
                                    .stdio(new Stdio("", fifo.toString(), "", false)));
            assertThat(run(container)).isZero();
            assertThat(new String(out.readAllBytes(), UTF_8))
                    .isEqualTo("/app.wasm\0x\0A=1\0PWD=/\0");
        }
    }

    @Test
    void whatNobodyHasReadWhenAGuestEndsIsKeptForAReaderThatComesLater() throws Exception {
        module("app.wasm", GuestModules.TELLS_ARGUMENTS);
        var fifo = fifo("stdout");
        var container = endedUnread(fifo);

        try (var out = poller.inputStream(reader(fifo))) {
            assertThat(container.init().exit().await().code()).isZero();
            assertThat(new String(out.readAllBytes(), UTF_8)).isEqualTo("/app.wasm\0PWD=/\0");
        }
    }

    @Test
    void aGuestThatHasEndedAndWaitsForAReaderGivesUpWhenItIsKilled() throws Exception {
        module("app.wasm", GuestModules.TELLS_ARGUMENTS);
        var container = endedUnread(fifo("stdout"));

        container.init().kill(Signal.KILL, false);

        assertThat(container.init().exit().await().code()).isZero();
    }

    /** Runs a guest whose end nobody is told yet, because it has written what nobody reads. */
    private Container endedUnread(Path fifo) {
        var container = createRead(fifo);
        container.init().start();
        WorkerFixture.await(() -> !isRead(fifo));
        assertThat(container.init().exit().status()).isEmpty();
        return container;
    }

    /** One whose output is read while it is made, as containerd does it. */
    private Container createRead(Path fifo) {
        try (var _ = reader(fifo)) {
            return create(
                    sandbox("s1"), spec("c1").stdio(new Stdio("", fifo.toString(), "", false)));
        }
    }

    @Test
    void aGuestWhoseReaderVanishesWhileItWritesWaitsForTheNextOneAndCanBeKilled() throws Exception {
        module("app.wasm", GuestModules.WRITES_FOR_EVER);
        var fifo = fifo("stdout");
        var container = createRead(fifo);
        for (int i = 0; i < 3; i++) {
            try (var out = poller.inputStream(reader(fifo))) {
                if (i == 0) {
                    container.init().start();
                }
                assertThat(out.readNBytes(1 << 20)).hasSize(1 << 20);
            }
        }
        container.init().kill(Signal.KILL, false);
        try (var _ = reader(fifo)) {
            assertThat(container.init().exit().await().code()).isEqualTo(137);
        }
    }

    @Test
    void whatIsWrittenBeforeItsWriterVanishesIsReadAndThenTheInputEnds() throws Exception {
        module("app.wasm", GuestModules.COPIES_STDIN);
        var stdin = fifo("stdin");
        var stdout = fifo("stdout");
        try (var out = poller.inputStream(reader(stdout))) {
            var streams = new Stdio(stdin.toString(), stdout.toString(), "", false);
            var container = create(sandbox("s1"), spec("c1").stdio(streams));
            container.init().start();
            Files.writeString(stdin, "half", StandardOpenOption.WRITE);
            assertThat(new String(out.readAllBytes(), UTF_8)).isEqualTo("half");
            assertThat(container.init().exit().await().code()).isZero();
        }
    }

    @Test
    void aContainerWhoseOutputNobodyReadsAnyMoreIsRefusedInWords() throws Exception {
        module("app.wasm", GuestModules.TELLS_ARGUMENTS);
        var fifo = fifo("stdout");
        var spec = spec("c1").stdio(new Stdio("", fifo.toString(), "", false));
        var sandbox = sandbox("s1");
        assertThatExceptionOfType(SandboxException.WrongState.class)
                .isThrownBy(() -> create(sandbox, spec))
                .withMessageContaining("nobody reads the stdout of container \"c1\"")
                .withMessageContaining("made anew");
    }

    private static boolean isRead(Path fifo) {
        try (var _ = Descriptor.open(fifo, OpenFlag.WRITE, OpenFlag.NON_BLOCKING)) {
            return true;
        } catch (LinuxException e) {
            assertThat(e.errno()).isEqualTo(Errno.ENXIO);
            return false;
        }
    }

    @Test
    void aReadOnlyRootCantBeWrittenAndAVolumeCan() throws Exception {
        var volume = Files.createDirectory(directory.resolve("volume"));
        module("app.wasm", GuestModules.opens("made", 1, 1 << 6, true));
        var sandbox = sandbox("s1");
        assertThat(run(create(sandbox, spec("c1").readOnly()))).isEqualTo(69);
        assertThat(rootfs.resolve("made")).doesNotExist();
        assertThat(run(create(sandbox, spec("c2").mount(bind(volume, "/data", false))))).isZero();
        assertThat(rootfs.resolve("made")).hasContent("hello");
    }

    @Test
    void aMountOfASingleFileIsReadByItsPathAndTheHostKeepsItsOwn() throws Exception {
        var hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost");
        module("app.wasm", GuestModules.opens("etc/hosts", 0, 1 << 1, false));
        module("unlink.wasm", GuestModules.changes("path_unlink_file", "etc/hosts"));
        var sandbox = sandbox("s1");
        var fifo = fifo("stdout");
        try (var out = poller.inputStream(reader(fifo))) {
            var container =
                    create(
                            sandbox,
                            spec("c1")
                                    .mount(bind(hosts, "/etc/hosts", true))
                                    .stdio(new Stdio("", fifo.toString(), "", false)));
            assertThat(run(container)).isZero();
            assertThat(new String(out.readAllBytes(), UTF_8)).isEqualTo("127.0");
        }
        var unlinks = spec("c2").args("/unlink.wasm").mount(bind(hosts, "/etc/hosts", true));
        assertThat(run(create(sandbox, unlinks))).isZero();
        assertThat(hosts).hasContent("127.0.0.1 localhost");
    }

    @Test
    void aModuleMayBeASingleFileThatIsMounted() throws Exception {
        var file = directory.resolve("module");
        Files.write(file, GuestModules.binary(GuestModules.exits(8)));
        var container =
                create(
                        sandbox("s1"),
                        spec("c1")
                                .args("/bin/main.wasm")
                                .mount(bind(file, "/bin/main.wasm", true)));
        assertThat(run(container)).isEqualTo(8);
    }

    @Test
    void aLimitThatTheModuleCantLiveWithIsRefused() throws Exception {
        module("app.wasm", GuestModules.beginsWith(32));
        var sandbox = sandbox("s1");
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> create(sandbox, spec("c1").memory(1 << 20)))
                .withMessageContaining("1048576");
    }

    @Test
    @Order(LAST)
    void aKilledWorkerIsExit137ForItsContainersAndTheNextOneRuns() throws Exception {
        module("loop.wasm", GuestModules.LOOPS);
        module("app.wasm", GuestModules.exits(4));
        var sandbox = sandbox("s1");
        var first = create(sandbox, spec("c1").args("/loop.wasm"));
        var second = create(sandbox, spec("c2").args("/loop.wasm"));
        first.init().start();
        int pid = first.init().pid();
        assertThat(second.pids()).containsExactly(pid);
        WorkerFixture.kill(pid);
        assertThat(first.init().exit().await().code()).isEqualTo(137);
        assertThat(second.init().exit().await().code()).isEqualTo(137);
        assertThatExceptionOfType(SandboxException.NotFound.class)
                .isThrownBy(() -> first.init().kill(Signal.TERM, false));
        first.init().delete();
        second.init().delete();
        assertThat(sandbox.exit().status()).isEmpty();
        assertThat(run(create(sandbox, spec("c3")))).isEqualTo(4);
    }

    @Test
    void aStoppedSandboxEndsItsOwnContainersOnly() throws Exception {
        module("app.wasm", GuestModules.LOOPS);
        var one = sandbox("s1");
        var other = sandbox("s2");
        var ended = create(one, spec("c1"));
        var lives = create(other, spec("c2"));
        ended.init().start();
        lives.init().start();
        one.stop();
        one.stop();
        assertThat(ended.init().exit().await().code()).isEqualTo(137);
        assertThat(one.exit().status()).isPresent();
        assertThat(lives.init().exit().status()).isEmpty();
        assertThat(lives.statistics().processes()).isEqualTo(1);
        lives.init().kill(Signal.TERM, false);
        assertThat(lives.init().exit().await().code()).isEqualTo(143);
    }

    @Test
    void theNextDaemonFindsTheWorkerAndEndsWhatIsLeftInASandbox() throws Exception {
        module("app.wasm", GuestModules.LOOPS);
        var left = create(sandbox("s1"), spec("c1"));
        left.init().start();
        int pid = left.init().pid();
        var adopted = adopted("s1");
        assertThat(adopted.adoptContainers(List.of())).isEmpty();
        var again = create(adopted, spec("c1"));
        assertThat(again.init().pid()).isEqualTo(pid);
        again.init().start();
        assertThat(again.init().exit().status()).isEmpty();
    }

    @Test
    void theNextDaemonFindsTheContainersThatItKnows() throws Exception {
        module("loop.wasm", GuestModules.LOOPS);
        module("app.wasm", GuestModules.exits(3));
        var sandbox = sandbox("s1");
        create(sandbox, spec("runs").args("/loop.wasm")).init().start();
        create(sandbox, spec("created").args("/loop.wasm"));
        var ended = create(sandbox, spec("ended"));
        assertThat(run(ended)).isEqualTo(3);
        create(sandbox, spec("unknown").args("/loop.wasm")).init().start();
        var exit = ended.init().exit().await();

        var found =
                adopted("s1")
                        .adoptContainers(
                                List.of(
                                        former("runs"),
                                        former("created"),
                                        former("ended"),
                                        former("lost")));
        assertThat(found)
                .extracting(it -> it.id().value(), AdoptedContainer::state)
                .containsExactlyInAnyOrder(
                        tuple("runs", new ProcessState.Running()),
                        tuple("created", new ProcessState.Created()),
                        tuple("ended", new ProcessState.Stopped(exit)));
        assertThat(list()).containsExactlyInAnyOrder("runs", "created", "ended");
        var created = process(found, "created");
        created.start();
        created.start();
        for (var process : List.of(created, process(found, "runs"))) {
            process.kill(Signal.TERM, false);
            assertThat(process.exit().await().code()).isEqualTo(143);
        }
        assertThat(process(found, "ended").exit().status()).contains(exit);
        process(found, "ended").delete();
    }

    @Test
    @Order(LAST)
    void whatEndedWithItsWorkerIsNotFound() throws Exception {
        module("app.wasm", GuestModules.LOOPS);
        var container = create(sandbox("s1"), spec("c1"));
        container.init().start();
        sandboxer.close();
        WorkerFixture.kill(container.init().pid());
        var adopted = adopted("s1");
        assertThat(adopted.adoptContainers(List.of(former("c1")))).isEmpty();
        module("app.wasm", GuestModules.exits(4));
        assertThat(run(create(adopted, spec("c1")))).isEqualTo(4);
    }

    @Test
    void aStopBeforeTheContainersWereFoundEndsThem() throws Exception {
        module("app.wasm", GuestModules.LOOPS);
        create(sandbox("s1"), spec("c1")).init().start();
        adopted("s1").stop();
        assertThat(list()).isEmpty();
    }

    @Test
    void aContainerThatADeadDaemonCreatedLateIsReplaced() throws Exception {
        module("app.wasm", GuestModules.exits(4));
        var dead = sandbox("s1");
        var first = sandboxer;
        sandboxer = sandboxer();
        var adopted = sandboxer.adopt(sandboxSpec("s1"), Map.of(), true).orElseThrow();
        sandboxes.add(adopted);
        adopted.adoptContainers(List.of());
        create(dead, spec("c1"));
        assertThat(run(create(adopted, spec("c1")))).isEqualTo(4);
        first.close();
    }

    @Test
    void whatBelongsToNoSandboxIsEnded() throws Exception {
        module("app.wasm", GuestModules.LOOPS);
        create(sandbox("known"), spec("c1")).init().start();
        create(sandbox("stranger"), spec("c2")).init().start();
        sandboxer.endStrangers(id -> id.value().equals("known"));
        assertThat(list()).containsExactly("c1");
    }

    /** How soon is a figure: {@code scripts/bench wasm}. */
    @Test
    @Order(LAST)
    void theDeathOfAWorkerIsKnownWhileNobodyAsks() throws Exception {
        module("app.wasm", GuestModules.LOOPS);
        var pods = List.of(sandbox("s1"), sandbox("s2"));
        var told = new ArrayList<CompletableFuture<ExitStatus>>();
        int pid = 0;
        for (int i = 0; i < 4; i++) {
            var container = create(pods.get(i % 2), spec("c" + i));
            container.init().start();
            var end = new CompletableFuture<ExitStatus>();
            var _ = container.init().exit().onExit(end::complete);
            told.add(end);
            pid = container.init().pid();
        }
        WorkerFixture.signalKill(pid);

        for (var end : told) {
            assertThat(end.get(10, TimeUnit.SECONDS).code()).isEqualTo(137);
        }
    }

    @Test
    @Order(LAST)
    void aProcessThatHasThePidOfADeadWorkerIsNotTakenForIt() throws Exception {
        module("app.wasm", GuestModules.LOOPS);
        var container = create(sandbox("s1"), spec("c1"));
        container.init().start();
        sandboxer.close();
        WorkerFixture.kill(container.init().pid());
        var stranger = new ProcessBuilder("sleep", "600").start();
        try {
            isNowTheWorkersPid(stranger.pid());
            var adopted = adopted("s1");
            assertThat(adopted.adoptContainers(List.of(former("c1")))).isEmpty();
            sandboxer.endStrangers(_ -> true);
            module("app.wasm", GuestModules.exits(4));
            assertThat(run(create(adopted, spec("c1")))).isEqualTo(4);
            adopted.stop();
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    private void isNowTheWorkersPid(long pid) {
        var files = new WorkerFiles(SHARED.state());
        var dead = files.load().orElseThrow();
        var identity = new ProcessIdentity(Math.toIntExact(pid), dead.identity().startTime());
        assertThat(identity.isCurrent()).isFalse();
        files.save(new WorkerRecord(identity, dead.versions(), Optional.empty()));
    }

    @Test
    void aDeletedContainerIsForgottenAndItsIdFree() throws Exception {
        module("app.wasm", GuestModules.exits(0));
        var sandbox = sandbox("s1");
        for (int i = 0; i < 3; i++) {
            var container = create(sandbox, spec("c1"));
            assertThat(run(container)).isZero();
            container.init().delete();
            container.init().delete();
        }
        assertThat(sandbox.statistics().processes()).isZero();
    }

    @Test
    void aTerminalIsRefused() throws Exception {
        module("app.wasm", GuestModules.NOTHING);
        var sandbox = sandbox("s1");
        assertThatExceptionOfType(SandboxException.Unsupported.class)
                .isThrownBy(() -> create(sandbox, spec("c1").terminal()))
                .withMessageContaining("terminal");
    }

    /** Docs and design decisions say why; a user of the specification changes nothing of it. */
    @Test
    void whateverUserIsAskedForAGuestHasTheRightsOfRootWithoutCapabilities() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can give files away");
        var foreign = Files.writeString(rootfs.resolve("foreign"), "hello");
        Files.setAttribute(foreign, "unix:uid", OTHER_USER);
        Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rw-------"));
        var roots = Files.writeString(rootfs.resolve("roots"), "hello");
        Files.setPosixFilePermissions(roots, PosixFilePermissions.fromString("rw-------"));
        module("makes.wasm", GuestModules.opens("made", 1, 1 << 6, true));
        module("foreign.wasm", GuestModules.opens("foreign", 0, 1 << 1, false));
        module("roots.wasm", GuestModules.opens("roots", 0, 1 << 1, false));
        var sandbox = sandbox("s1");

        assertThat(run(create(sandbox, spec("c1").user(OTHER_USER).args("/makes.wasm")))).isZero();
        assertThat(Files.getAttribute(rootfs.resolve("made"), "unix:uid")).isEqualTo(0);
        assertThat(run(create(sandbox, spec("c2").user(OTHER_USER).args("/foreign.wasm"))))
                .as("EACCES")
                .isEqualTo(2);
        assertThat(run(create(sandbox, spec("c3").user(OTHER_USER).args("/roots.wasm")))).isZero();
    }

    private Sandbox sandbox(String id) {
        var sandbox = sandboxer.create(sandboxSpec(id));
        assertThat(sandbox.start()).isZero();
        sandboxes.add(sandbox);
        return sandbox;
    }

    /** The sandbox as the next life of the daemon finds it. */
    private Sandbox adopted(String id) {
        sandboxes.clear();
        sandboxer.close();
        sandboxer = sandboxer();
        var adopted = sandboxer.adopt(sandboxSpec(id), Map.of(), true).orElseThrow();
        sandboxes.add(adopted);
        return adopted;
    }

    static FormerContainer former(String id) {
        return new FormerContainer(
                new ContainerId(id),
                new FormerProcess(1, Stdio.NONE, new ProcessState.Created()),
                Map.of(),
                () -> {});
    }

    private static ContainerProcess process(List<AdoptedContainer> found, String id) {
        return found.stream()
                .filter(it -> it.id().value().equals(id))
                .findFirst()
                .orElseThrow()
                .container()
                .init();
    }

    private List<String> list() {
        try (var behind = new BehindTheDaemon(SHARED.state())) {
            return behind.containers();
        }
    }

    /** A pod in the host's network, without limits. */
    static SandboxSpec sandboxSpec(String id) {
        return new SandboxSpec(
                new SandboxId(id),
                new PodIdentity("pod", "default", "uid", 0),
                "",
                new SandboxNetwork.Host(),
                new DnsConfig(List.of(), List.of(), List.of()),
                Optional.empty(),
                PodResources.UNLIMITED,
                Map.of(),
                Map.of(),
                "wasm");
    }

    private Container create(Sandbox sandbox, Spec spec) {
        return sandbox.createContainer(spec.config(directory, rootfs), () -> {});
    }

    private static int run(Container container) throws InterruptedException {
        container.init().start();
        return container.init().exit().await().code();
    }

    private void module(String path, String text) throws IOException {
        Files.write(rootfs.resolve(path), GuestModules.binary(text));
    }

    private Path fifo(String name) throws Exception {
        var path = directory.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
        return path;
    }

    private static Descriptor reader(Path fifo) {
        return Descriptor.open(fifo, OpenFlag.READ, OpenFlag.NON_BLOCKING);
    }

    private static MountSpec bind(Path source, String destination, boolean readOnly) {
        return new MountSpec(
                "bind",
                source.toString(),
                destination,
                readOnly ? List.of("rbind", "ro") : List.of("rbind"));
    }

    private static Spec spec(String id) {
        return new Spec(id);
    }

    /** A container as the shared server would set it up. */
    private static final class Spec {
        private final String id;
        private final List<MountSpec> mounts = new ArrayList<>();
        private final List<String> env = new ArrayList<>();
        private List<String> args = List.of("/app.wasm");
        private String cwd = "/";
        private boolean readOnly;
        private boolean terminal;
        private ProcessSpec.User user = ProcessSpec.User.ROOT;
        private long memory;
        private Stdio stdio = Stdio.NONE;

        private Spec(String id) {
            this.id = id;
        }

        Spec args(String... command) {
            args = List.of(command);
            return this;
        }

        Spec env(String variable) {
            env.add(variable);
            return this;
        }

        Spec cwd(String path) {
            cwd = path;
            return this;
        }

        Spec readOnly() {
            readOnly = true;
            return this;
        }

        Spec terminal() {
            terminal = true;
            return this;
        }

        Spec user(int id) {
            user = new ProcessSpec.User(id, id, List.of());
            return this;
        }

        Spec memory(long bytes) {
            memory = bytes;
            return this;
        }

        Spec mount(MountSpec mount) {
            mounts.add(mount);
            return this;
        }

        Spec stdio(Stdio streams) {
            stdio = streams;
            return this;
        }

        ContainerConfig config(Path bundle, Path rootfs) {
            var process = new ProcessSpec(args, env, cwd, user, terminal);
            var resources = new Resources(memory, 0, 0, 0);
            var spec =
                    new OciSpec(
                            process,
                            readOnly,
                            Optional.empty(),
                            mounts,
                            Map.of(),
                            Optional.empty(),
                            resources,
                            "{}");
            return new ContainerConfig(
                    new ContainerId(id), new SandboxId("s"), bundle, rootfs, spec, stdio);
        }
    }
}
