// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.appkernel.OnStandIn;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelProcess;
import io.silica.linux.MountTable;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
@OnStandIn
final class QuarkContainerTest {
    @TempDir Path directory;
    private QuarkPodOfOne pod;

    @BeforeEach
    void startPod() throws IOException {
        pod = new QuarkPodOfOne(directory, new SandboxNetwork.Host());
        pod.pod().start();
    }

    @AfterEach
    void closePod() {
        pod.close();
    }

    @Test
    void whatIsMountedIsSeenInsideWhereItBelongs() throws Exception {
        var file = Files.writeString(directory.resolve("name"), "quark\n");
        var volume = Files.createDirectory(directory.resolve("volume"));
        Files.writeString(volume.resolve("data"), "volume\n");
        var printed =
                run(
                        List.of(
                                bind(file, "/etc/names/name", "ro"),
                                bind(volume, "/a/b", "rw"),
                                bind(file, "/a/b/below", "rw")),
                        "busybox cat /etc/names/name /a/b/data /a/b/below;"
                                + " echo x 2>/dev/null >/etc/names/name || echo refused; echo y >/a/b/data");
        assertThat(printed).isEqualTo("quark\nvolume\nquark\nrefused\n");
        assertThat(volume.resolve("data")).hasContent("y");
        assertThat(file).hasContent("quark");
        var made = pod.image().resolve("etc/names");
        assertThat(mode(made)).isEqualTo("rwxr-xr-x");
        assertThat(mode(made.resolve("name"))).isEqualTo("rw-r--r--");
    }

    @Test
    void aLinkOfTheImageLeadsNoMountOutOfIt() throws Exception {
        var outside = Files.createDirectory(directory.resolve("outside"));
        Files.createSymbolicLink(pod.image().resolve("absolute"), outside);
        var up = Files.createSymbolicLink(pod.image().resolve("up"), Path.of("../../../../../.."));
        var file = Files.writeString(directory.resolve("name"), "quark\n");
        Files.createDirectories(pod.image().resolve(outside.toString().substring(1)));
        var printed =
                run(
                        List.of(
                                bind(file, "/absolute/new/name", "rw"),
                                bind(file, "/up/top", "rw")),
                        "busybox cat /absolute/new/name /top");
        assertThat(printed).isEqualTo("quark\nquark\n");
        assertThat(outside).isEmptyDirectory();
        Files.delete(up);
    }

    @Test
    void aMountThatCannotBeMadeIsToldAndNothingIsLeftOfTheContainer() {
        var nowhere = directory.resolve("nowhere");
        assertThatThrownBy(() ->
                        pod.create(
                                "c1",
                                Stdio.NONE,
                                List.of(bind(nowhere, "/etc/x", "rw")),
                                "/bin/sleep",
                                "1"))
                .isInstanceOf(SandboxException.InvalidArgument.class)
                .hasMessageContaining("nowhere");
        assertThat(mountsOf("c1")).isEmpty();
        pod.started("c1");
    }

    @Test
    void aNameThatQuarkHasItselfIsNoContainers() {
        for (var name : List.of("dev", "rootfs", "config.json")) {
            assertThatThrownBy(() -> pod.started(name))
                    .isInstanceOf(SandboxException.InvalidArgument.class)
                    .hasMessageContaining("Quark has something of that name");
        }
        pod.started("c1");
    }

    @Test
    void nothingIsMountedForAContainerThatWasDeleted() throws Exception {
        var other = pod.started("c2");
        var container = pod.started("c1");
        assertThat(mountsOf("c1")).isNotEmpty();
        container.init().signal(Signal.KILL, true);
        container.init().exit().await();
        container.init().delete();
        assertThat(mountsOf("c1")).isEmpty();
        assertThat(pod.image().resolve("bin/busybox")).exists();
        assertThat(other.init().state().label()).isEqualTo("Running");
        pod.started("c1");
    }

    @Test
    void aProcessIsAddedWithStreamsOfItsOwn() throws Exception {
        var container = pod.started("c1");
        var out = pod.fifo("out");
        var read = CompletableFuture.supplyAsync(() -> readAll(out));
        var stdio = new Stdio("", out.toString(), "", false);
        var added = added(container, "e1", stdio, "/bin/sh", "-c", "echo $$ is added; exit 3");
        added.start();
        assertThat(added.exit().await().code()).isEqualTo(3);
        assertThat(read.get()).endsWith(" is added\n");
        added.delete();
        assertThat(container.execs()).isEmpty();
        assertThat(container.init().state().label()).isEqualTo("Running");
        added(container, "e1", Stdio.NONE, "/bin/sleep", "1").delete();
    }

    @Test
    void inputReachesTheGuestAndEndsWhenItIsClosed() throws Exception {
        var in = pod.fifo("in");
        var out = pod.fifo("out");
        var read = CompletableFuture.supplyAsync(() -> readAll(out));
        var stdio = new Stdio(in.toString(), out.toString(), "", false);
        var container =
                pod.create("c1", stdio, List.of(), "/bin/sh", "-c", "busybox cat; echo end");
        container.init().start();
        Files.writeString(in, "hello\n");
        container.init().closeStdin();
        assertThat(container.init().exit().await().code()).isZero();
        assertThat(read.get()).isEqualTo("hello\nend\n");
    }

    @Test
    void aContainerWhoseStreamIsGoneIsFoundAllTheSame() throws Exception {
        var out = pod.fifo("out");
        var stdio = new Stdio("", out.toString(), "", false);
        pod.create("c1", stdio, List.of(), "/bin/sleep", "100000").init().start();
        Files.delete(out);
        assertThat(pod.live())
                .singleElement()
                .satisfies(it -> assertThat(it.init().state().label()).isEqualTo("Running"));
    }

    @Test
    void aProgramThatIsNotThereIsToldAndTheContainerCanBeMadeAgain() {
        var container = pod.create("c1", Stdio.NONE, List.of(), "/bin/nothing");
        assertThatThrownBy(container.init()::start)
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("No such file");
        container.init().delete();
        assertThat(pod.started("c1").init().state().label()).isEqualTo("Running");
    }

    @Test
    void whatQuarkDoesNotDoIsRefusedInWords() {
        var container = pod.started("c1");
        assertThatThrownBy(container::pause).isInstanceOf(SandboxException.Unsupported.class);
        assertThatThrownBy(() -> container.update(Resources.UNLIMITED))
                .isInstanceOf(SandboxException.Unsupported.class);
        assertThatThrownBy(
                        () -> pod.create("c2", new Stdio("", "", "", true), List.of(), "/bin/sh"))
                .isInstanceOf(SandboxException.Unsupported.class)
                .hasMessageContaining("terminal");
    }

    @Test
    void theFiguresAreThoseOfThePodForAContainerThatIsAlone() {
        var alone = pod.started("c1");
        assertThat(alone.statistics().memoryBytes()).isPositive();
        var other = pod.started("c2");
        assertThat(other.statistics().memoryBytes()).isZero();
    }

    @Test
    void aSandboxIsInTheNetworkNamespaceOfItsPod() throws Exception {
        try (var network = NetworkNamespace.create()) {
            var path =
                    Path.of(
                            "/proc/%d/fd/%d"
                                    .formatted(
                                            ProcessHandle.current().pid(),
                                            network.descriptor().number()));
            try (var other =
                    new QuarkPodOfOne(
                            Files.createDirectory(directory.resolve("o")),
                            new SandboxNetwork.Namespace(path))) {
                other.pod().start();
                var its = Path.of("/proc", Integer.toString(other.pod().pid()), "ns", "net");
                assertThat(Files.getAttribute(its, "unix:ino"))
                        .isEqualTo(Files.getAttribute(path, "unix:ino"));
            }
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** Runs a script in a container and gives what it prints. */
    private String run(List<MountSpec> mounts, String script) throws Exception {
        var out = pod.fifo("out");
        var read = CompletableFuture.supplyAsync(() -> readAll(out));
        var stdio = new Stdio("", out.toString(), "", false);
        var container = pod.create("c1", stdio, mounts, "/bin/sh", "-c", script);
        container.init().start();
        container.init().exit().await();
        var printed = read.get();
        container.init().delete();
        return printed;
    }

    private static String readAll(Path fifo) {
        try {
            return QuarkPodOfOne.readAll(fifo);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static KernelProcess added(
            KernelContainer container, String id, Stdio stdio, String... args) {
        return container.exec(
                new ExecConfig(new ExecId(id), QuarkPodOfOne.process(stdio, args), stdio));
    }

    private static MountSpec bind(Path source, String destination, String option) {
        return new MountSpec("bind", source.toString(), destination, List.of("rbind", option));
    }

    private List<MountTable.Mount> mountsOf(String container) {
        var sandbox = QuarkPlaces.of(pod.state(), QuarkPodOfOne.POD).sandbox();
        return MountTable.read().below(sandbox.resolve(container));
    }
}
