// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.OnGvisor;
import io.silica.sandbox.ProcessSpec.User;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Specifications that nobody would write in good faith. One pod serves all tests. */
@OnGvisor
final class GvisorBadInputTest {
    private static final int MANY = 50;
    private static final int SOME_OUTPUT = 1 << 20;

    @TempDir static Path directory;
    private static PodOfOne pod;
    private static Path precious;

    @BeforeAll
    static void startPod() throws Exception {
        pod = PodOfOne.start(directory);
        precious = Files.createDirectory(directory.resolve("precious"));
        Files.createDirectory(directory.resolve("volume"));
        Files.createSymbolicLink(directory.resolve("image/out"), precious);
        Files.createSymbolicLink(directory.resolve("image/up"), Path.of("../precious"));
        pod.fifo("fifo");
        try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));
        }
    }

    @AfterAll
    static void closePod() {
        pod.close();
    }

    /** Whatever becomes of it, it is told in words, and the pod goes on. */
    @ParameterizedTest
    @CsvSource({
        "missing, /data",
        "volume, /",
        "volume, /proc",
        "volume, /proc/1/root",
        "volume, data",
        "volume, /../../data",
        "volume, /out/new",
        "volume, /up/new",
        "volume, /bin/busybox",
        "fifo, /data",
        "socket, /data",
        "fifo, /bin",
        "../../../../../../../../dev/null, /data",
        "../../../../../../../../proc/self/fd, /data",
    })
    void aMountThatNobodyWouldMakeHarmsItsContainerAlone(String source, String place)
            throws Exception {
        runs(spec -> mount(spec, place, directory.resolve(source).normalize()));
        assertThat(precious).isEmptyDirectory();
        assertThat(pod.places().containers()).isEmpty();
        assertThat(pod.places().run()).isEmpty();
        assertThat(pod.output(_ -> {}, "echo hello")).isEqualTo("hello\n");
    }

    @Test
    void manyMountsAreCarriedOut() throws Exception {
        var output =
                pod.output(
                        spec -> {
                            for (int i = 0; i < MANY; i++) {
                                mount(spec, "/many/" + i, directory.resolve("volume"));
                            }
                        },
                        "busybox grep -c /many/ /proc/mounts");
        assertThat(output).isEqualTo(MANY + "\n");
    }

    /** It waits for somebody who reads, as a process of the host would. */
    @Test
    void aReaderThatGoesAwayHoldsUpItsContainerAlone() throws Exception {
        var out = pod.fifo("deserted");
        var prints =
                pod.create(
                        "prints", new Stdio("", out.toString(), "", false), "/bin/busybox", "yes");
        prints.init().start();
        try {
            try (var reader = Files.newInputStream(out)) {
                assertThat(reader.readNBytes(SOME_OUTPUT)).hasSize(SOME_OUTPUT);
            }
            assertThat(pod.output(_ -> {}, "echo hello")).isEqualTo("hello\n");
            assertThat(prints.init().state()).isInstanceOf(ProcessState.Running.class);
        } finally {
            prints.init().signal(Signal.KILL, true);
            assertThat(prints.init().exit().await().code()).isEqualTo(137);
            prints.init().delete();
        }
    }

    /** containerd gives every container one of its own. */
    @Test
    void aRootThatTwoContainersHaveIsOneForBoth() throws Exception {
        var lives = pod.create("lives", Stdio.NONE, "/bin/sleep", "1000");
        lives.init().start();
        try {
            pod.output(_ -> {}, "echo told >/note");
            assertThat(pod.output(lives, User.ROOT, "busybox cat /note")).isEqualTo("told\n");
            assertThat(directory.resolve("image/note")).hasContent("told");
        } finally {
            Files.deleteIfExists(directory.resolve("image/note"));
            lives.init().signal(Signal.KILL, true);
            lives.init().exit().await();
            lives.init().delete();
        }
    }

    private static void runs(Consumer<ObjectNode> change) throws Exception {
        var container =
                pod.create(
                        "c1", Resources.UNLIMITED, Stdio.NONE, change, "/bin/sh", "-c", "exit 0");
        try {
            container.init().start();
            container.init().exit().await();
        } catch (SandboxException e) {
            assertThat(e).hasMessageMatching(".{10,}");
        } finally {
            container.init().delete();
        }
    }

    private static void mount(ObjectNode spec, String place, Path source) {
        var mount = spec.withArray("mounts").addObject().put("destination", place);
        mount.put("type", "bind").put("source", source.toString());
        mount.putArray("options").add("rbind").add("rw");
    }
}
