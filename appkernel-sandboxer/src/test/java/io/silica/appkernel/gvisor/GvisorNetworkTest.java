// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.appkernel.OnGvisor;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ProcessSpec.User;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods in a network namespace that has addresses, and what a neighbour sees of them. */
@LeakCheck
@OnGvisor
final class GvisorNetworkTest {
    private static final String V4 = "10.231.255.2";
    private static final String V6 = "fd00:51ca::2";
    private static final String SERVES =
            "(busybox nc -ll -p 8080 -e /bin/echo hello >/dev/null 2>&1 &)";
    private static final SandboxId ANOTHER = new SandboxId("another");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = 1_000_000;

    @TempDir Path directory;
    private NetworkNamespace neighbour;
    private NetworkNamespace network;

    @BeforeEach
    void connectTwoNamespaces() throws Exception {
        neighbour = NetworkNamespace.create();
        network = NetworkNamespace.create();
        ip(neighbour, "link add v0 type veth peer name eth0 netns " + path());
        ip(neighbour, "address add 10.231.255.1/24 dev v0");
        ip(neighbour, "address add fd00:51ca::1/64 dev v0 nodad");
        ip(neighbour, "link set v0 up");
        ip(network, "address add " + V4 + "/24 dev eth0");
        ip(network, "address add " + V6 + "/64 dev eth0 nodad");
        ip(network, "link set eth0 up");
        ip(network, "link set lo up");
    }

    @AfterEach
    void closeThem() {
        network.close();
        neighbour.close();
    }

    @Test
    void aPodHasItsAddressesOfBothFamiliesAndIsReachedByThem() throws Exception {
        try (var pod = PodOfOne.startIn(network, directory)) {
            assertThat(addresses(pod)).contains(V4 + "/24", V6 + "/64");
            assertThat(ask(V6)).isEqualTo("hello\n");
            assertThat(ask(V4)).isEqualTo("hello\n");
            // It has them in the place of the host.
            assertThat(ip(network, "address show dev eth0")).doesNotContain(V4);
        }
    }

    @Test
    void noTwoSandboxesHaveOneNamespace() throws Exception {
        try (var pod = PodOfOne.startIn(network, directory)) {
            refused(pod, PodOfOne.in(network), SandboxException.WrongState.class, "\"pod\"");
            pod.die();
            pod.live();
            refused(pod, PodOfOne.in(network), SandboxException.WrongState.class, "\"pod\"");
            assertThat(addresses(pod)).contains(V6 + "/64");
        }
    }

    @Test
    void whatIsNoNetworkNamespaceIsRefusedByItsPath() throws Exception {
        var file = Files.createFile(directory.resolve("file"));
        var missing = directory.resolve("missing");
        var another = Path.of("/proc/self/ns/uts");
        try (var pod = PodOfOne.start(directory)) {
            for (var path :
                    List.of(file, missing, pod.fifo("fifo"), another, Path.of("/dev/null"))) {
                refused(
                        pod,
                        new SandboxNetwork.Namespace(path),
                        SandboxException.InvalidArgument.class,
                        path.toString());
            }
        }
    }

    private void refused(
            PodOfOne pod,
            SandboxNetwork network,
            Class<? extends SandboxException> how,
            String naming) {
        try (var second = pod.prepare(ANOTHER, network)) {
            assertThatThrownBy(second::start).isInstanceOf(how).hasMessageContaining(naming);
        }
        assertThat(PodPlaces.of(directory.resolve("pods"), ANOTHER).exist()).isFalse();
    }

    /** Its sentry may have taken the addresses before it failed. */
    @Test
    void aStartThatFailedIsNotRepeatedWithTheSameNamespace() throws Exception {
        try (var pod = PodOfOne.startIn(network, directory)) {
            pod.die();
            // As if the daemon had died while the sentry started.
            Files.writeString(pod.places().state(PodPlaces.ROOT_CONTAINER), "{}");
            Files.delete(pod.places().kernel());
            assertThatThrownBy(pod::startAgain)
                    .isInstanceOf(SandboxException.WrongState.class)
                    .hasMessageContaining("network namespace");
        }
    }

    @Test
    void aPodThatRunsIsFoundThoughTheDaemonDiedBeforeItWroteThatDown() throws Exception {
        try (var pod = PodOfOne.startIn(network, directory)) {
            int pid = pod.pod().pid();
            pod.die();
            Files.delete(pod.places().kernel());
            pod.startAgain();
            assertThat(pod.pod().pid()).isEqualTo(pid);
            assertThat(addresses(pod)).contains(V6 + "/64");
        }
    }

    /** It starts all the same, or is refused in words and leaves nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"link set eth0 mtu 68", "link set lo down", "link delete eth0"})
    void aNamespaceThatNobodyWouldMakeHarmsItsPodAtMost(String change) throws Exception {
        ip(network, change);
        PodOfOne started;
        try {
            started = PodOfOne.startIn(network, directory);
        } catch (SandboxException e) {
            assertThat(e).hasMessageMatching(".{10,}");
            return;
        }
        try (var pod = started) {
            assertThat(addresses(pod)).contains("lo");
        }
    }

    @Test
    void withoutANetworkThereIsLoopbackAndNothingElse() throws Exception {
        try (var pod = PodOfOne.startIn(network, GvisorNetwork.NONE, directory)) {
            assertThat(addresses(pod)).contains("127.0.0.1").doesNotContain("eth0");
            assertThat(ip(network, "address show dev eth0")).contains(V4);
        }
    }

    /** It is the host's stack in the pod's namespace, which keeps its addresses. */
    @Test
    void withTheHostsStackAPodIsReachedAsWell() throws Exception {
        try (var pod = PodOfOne.startIn(network, GvisorNetwork.HOST, directory)) {
            assertThat(addresses(pod)).contains(V4 + "/24");
            assertThat(ask(V6)).isEqualTo("hello\n");
            assertThat(ip(network, "address show dev eth0")).contains(V4);
        }
    }

    /** What it has inside; something listens there from now on. */
    private String addresses(PodOfOne pod) throws Exception {
        var container = pod.create("c1", Stdio.NONE, "/bin/sleep", "1000");
        container.init().start();
        return pod.output(container, User.ROOT, SERVES + "; busybox ip address");
    }

    /** It listens a moment after it was started. */
    private String ask(String address) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var answer = neighbour.inside(() -> answer(address));
            if (!answer.isEmpty()) {
                return answer;
            }
            assertThat(System.nanoTime() - end).isNegative();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static String answer(String address) {
        try (var socket = new Socket(address, 8080)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException _) {
            return ""; // Not yet.
        }
    }

    private String path() {
        return ((SandboxNetwork.Namespace) PodOfOne.in(network)).path().toString();
    }

    private static String ip(NetworkNamespace in, String arguments) throws InterruptedException {
        return in.inside(() -> {
            var command = new ArrayList<>(List.of("ip"));
            command.addAll(List.of(arguments.split(" ", -1)));
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return output;
        });
    }
}
