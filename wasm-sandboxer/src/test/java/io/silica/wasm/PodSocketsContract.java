// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.silica.linux.Descriptor;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.leaks.LeakCheck;
import io.silica.linux.netlink.RouteSocket;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.ProcessSpec;
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
import io.silica.wasm.engine.SocketModules;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pod that listens is owed, whatever the engine. */
@LeakCheck
abstract class PodSocketsContract {
    private static final int PORT = 8080;

    @TempDir Path directory;
    private NetworkNamespace network;
    private WasmSandboxer sandboxer;
    private Sandbox sandbox;

    /** That the tests have in common. */
    abstract SharedWorker worker();

    @BeforeEach
    void begin() throws Exception {
        Files.write(directory.resolve("echo.wasm"), GuestModules.binary(SocketModules.ECHOES));
        network = NetworkNamespace.create();
        network.inside(() -> {
            try (var links = new RouteSocket()) {
                links.configure(1, "lo", 0);
            }
            return true;
        });
        sandboxer = sandboxer();
        sandbox = sandboxer.create(spec());
        assertThat(sandbox.start()).isZero();
    }

    private WasmSandboxer sandboxer() {
        return new WasmSandboxer(
                TrainedWorker::command,
                worker().engines(),
                Isolation.AUTO,
                worker().state(),
                WasmDaemon.hostCalls(LimitsConfig.DEFAULT),
                InstantSource.system());
    }

    @AfterEach
    void end() {
        sandbox.close();
        sandboxer.close();
        network.close();
    }

    @Test
    void aGuestAnswersInTheNetworkOfItsPodUntilItIsKilledInItsSleep() throws Exception {
        var container = create("c1");
        container.init().start();
        assertThat(echo("one")).isEqualTo("one");
        assertThat(echo("two")).isEqualTo("two");
        container.init().kill(Signal.KILL, true);
        assertThat(container.init().exit().await().code()).isEqualTo(137);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> echo("three"))
                .withCauseInstanceOf(ConnectException.class);
    }

    @Test
    void whoConnectsBeforeTheStartIsAnsweredAfterIt() throws Exception {
        var container = create("c1");
        try (var early = network.inside(PodSocketsContract::connect)) {
            early.getOutputStream().write("early".getBytes(UTF_8));
            early.shutdownOutput();
            container.init().start();
            assertThat(early.getInputStream().readAllBytes()).asString().isEqualTo("early");
        }
    }

    @Test
    void aPortThatIsTakenIsRefusedInWordsAndFreeWhenItsContainerHasEnded() throws Exception {
        var first = create("c1");
        assertThatExceptionOfType(SandboxException.WrongState.class)
                .isThrownBy(() -> create("c2"))
                .withMessageContainingAll("c2", "8080");
        first.init().start();
        first.init().kill(Signal.KILL, true);
        first.init().exit().await();
        create("c2").init().start();
        assertThat(echo("again")).isEqualTo("again");
    }

    @Test
    void whatADeadDaemonLeftListeningGivesWayToTheSameContainer() throws Exception {
        create("c1").init().start();
        var again = sandboxer();
        var adopted = again.adopt(spec(), sandbox.identity(), true).orElseThrow();
        adopted.createContainer(config("c1"), () -> {}).init().start();
        assertThat(echo("anew")).isEqualTo("anew");
        adopted.close();
        again.close();
    }

    @Test
    void aNetworkThatIsNoneIsToldByItsContainer() throws Exception {
        Files.writeString(directory.resolve("file"), "");
        for (var none : List.of("gone", "file")) {
            var pod = sandboxer.create(spec("s2", directory.resolve(none)));
            assertThatExceptionOfType(SandboxException.Failed.class)
                    .isThrownBy(() -> pod.createContainer(config("c1"), () -> {}))
                    .withMessageContainingAll("c1", none);
            pod.close();
        }
    }

    @Test
    void aPortIsListenedOnWithoutIpv6Too() throws Exception {
        network.inside(() -> {
            var switches = Path.of("/proc/sys/net/ipv6/conf/all/disable_ipv6");
            return Files.exists(switches) ? Files.writeString(switches, "1") : switches;
        });
        create("c1").init().start();
        assertThat(echo("one")).isEqualTo("one");
    }

    @Test
    void aNetworkInWhichNothingIsUpIsAsGoodAsAnother() throws Exception {
        try (var silent = NetworkNamespace.create()) {
            var pod = sandboxer.create(spec("s2", path(silent.descriptor())));
            var container = pod.createContainer(config("c1"), () -> {});
            container.init().start();
            container.init().kill(Signal.KILL, true);
            assertThat(container.init().exit().await().code()).isEqualTo(137);
            pod.close();
        }
    }

    private Container create(String id) {
        return sandbox.createContainer(config(id), () -> {});
    }

    private SandboxSpec spec() {
        return spec("s1", path(network.descriptor()));
    }

    private static SandboxSpec spec(String id, Path network) {
        var plain = WasmSandboxerTest.sandboxSpec(id);
        return new SandboxSpec(
                plain.id(),
                plain.pod(),
                plain.hostname(),
                new SandboxNetwork.Namespace(network),
                plain.dns(),
                plain.cgroupParent(),
                plain.resources(),
                plain.annotations(),
                plain.labels(),
                plain.handler());
    }

    private static Path path(Descriptor descriptor) {
        return Path.of("/proc/self/fd", Integer.toString(descriptor.number()));
    }

    private ContainerConfig config(String id) {
        var process =
                new ProcessSpec(
                        List.of("/echo.wasm"), List.of(), "/", ProcessSpec.User.ROOT, false);
        var spec =
                new OciSpec(
                        process,
                        false,
                        Optional.empty(),
                        List.of(),
                        Map.of("io.silica.wasm.listen", Integer.toString(PORT)),
                        Optional.empty(),
                        Resources.UNLIMITED,
                        "{}");
        return new ContainerConfig(
                new ContainerId(id), new SandboxId("s1"), directory, directory, spec, Stdio.NONE);
    }

    private String echo(String text) throws InterruptedException {
        return network.inside(() -> {
            try (var socket = connect()) {
                socket.getOutputStream().write(text.getBytes(UTF_8));
                socket.shutdownOutput();
                return new String(socket.getInputStream().readAllBytes(), UTF_8);
            }
        });
    }

    private static Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), PORT);
    }
}
