// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.OnGvisor;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.leaks.LeakCheck;
import io.silica.linux.netlink.RouteSocket;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What containerd does for a port: it dials localhost in the pod's network namespace. */
@LeakCheck
@OnGvisor
final class PortForwardsTest {
    /** Answers each connection with the first line that comes by it. */
    private static final String SERVES =
            "echo up; exec busybox nc -ll -p 8080 -e /bin/sh -c 'read a; echo \"$a!\"'";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path directory;
    private NetworkNamespace network;
    private PodOfOne pod;

    @BeforeEach
    void startPod() throws Exception {
        network = NetworkNamespace.create();
        network.inside(() -> {
            try (var routes = new RouteSocket()) {
                var loopback = routes.links().getFirst();
                routes.configure(loopback.index(), loopback.name(), loopback.mtu());
            }
            return true;
        });
        pod = PodOfOne.startIn(network, directory);
    }

    @AfterEach
    void closePod() {
        pod.close();
        network.close();
    }

    @Test
    void whatListensInsideIsReachedByItsPortAlsoFromTheNextDaemon() throws Exception {
        serve();
        assertThat(ask(8080)).isEqualTo("hello!\n");
        pod.die();
        pod.live();
        assertThat(ask(8080)).isEqualTo("hello!\n");
    }

    @Test
    void aPortAtWhichNobodyListensClosesTheConnection() throws Exception {
        assertThat(ask(8081)).isEmpty();
    }

    private void serve() throws Exception {
        var out = pod.fifo("out");
        var stdio = new Stdio("", out.toString(), "", false);
        pod.create("c1", stdio, "/bin/sh", "-c", SERVES).init().start();
        try (var lines = Files.newInputStream(out)) {
            PodOfOne.readTo(lines, "up\n");
        }
        // It listens a moment after it has said so.
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (ask(8080).isEmpty()) {
            assertThat(System.nanoTime() - end).isNegative();
        }
    }

    private String ask(int port) throws InterruptedException {
        return network.inside(() -> {
            try (var socket = new Socket("localhost", port)) {
                socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException _) {
                return ""; // It was closed before all was written.
            }
        });
    }
}
