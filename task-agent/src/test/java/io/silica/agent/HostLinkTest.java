// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import io.silica.linux.Descriptor;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixSocket;
import io.silica.linux.leaks.LeakCheck;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcServer;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host that is dialled over pairs of sockets, and a clock that the test sets. */
@LeakCheck
final class HostLinkTest {
    private static final CallOptions OPTIONS = CallOptions.timeout(Duration.ofSeconds(60));
    private static final Duration PERIOD = Duration.ofMillis(100);

    private final AtomicLong clock = new AtomicLong(-5);
    private final Pulse pulse = new Pulse(clock::get);
    private final BlockingQueue<Descriptor> dialled = new LinkedBlockingQueue<>();
    private Poller poller;
    private TtrpcServer server;
    private Thread link;

    @BeforeEach
    void begin() {
        poller = Poller.start("host-link-test");
        server =
                new TtrpcServer(
                        ServerConfig.of(
                                ServiceDefinition.named("a.b")
                                        .unary(
                                                "Heartbeat",
                                                Empty.parser(),
                                                (it, _) -> it,
                                                Dispatch.NON_BLOCKING)
                                        .build()));
        link =
                Thread.ofPlatform()
                        .name("host-link-test-link")
                        .start(() -> run(new HostLink(this::dial, server, poller, pulse)));
    }

    private static void run(HostLink link) {
        try {
            link.run();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Descriptor dial() {
        var ends = UnixSocket.pair(SocketType.STREAM);
        dialled.add(ends.getLast().descriptor());
        return ends.getFirst().descriptor();
    }

    @AfterEach
    void end() throws InterruptedException {
        link.interrupt();
        link.join();
        server.close();
        dialled.forEach(Descriptor::close);
        poller.close();
    }

    @Test
    void aHostThatSpeaksIsNotDialledAgainAndOneThatFallsSilentIs() throws Exception {
        try (var host = host()) {
            beat(host);
            pulse.promised(PERIOD);
            for (int i = 0; i < 10; i++) {
                pass(PERIOD.multipliedBy(2));
                beat(host);
            }
            assertThat(dialled).isEmpty();

            var lost = new CountDownLatch(1);
            host.onClose(lost::countDown);
            pass(PERIOD.multipliedBy(4));
            assertThat(lost.await(1, TimeUnit.MINUTES)).isTrue();
        }
        try (var next = host()) {
            beat(next);
        }
    }

    @Test
    void aHostThatPromisesNothingMayBeSilent() throws Exception {
        try (var host = host()) {
            beat(host);
            pulse.promised(Duration.ZERO);
            pass(Duration.ofDays(1));
            beat(host);
            assertThat(pulse.left()).isGreaterThan(Duration.ofDays(365));
        }
    }

    @Test
    void aHostThatDoesNotAttachIsDialledAgain() throws Exception {
        try (var host = host()) {
            var lost = new CountDownLatch(1);
            host.onClose(lost::countDown);
            beat(host);
            pass(Duration.ofSeconds(31));
            assertThat(lost.await(1, TimeUnit.MINUTES)).isTrue();
        }
        host().close();
    }

    private TtrpcClient host() throws InterruptedException {
        var end = dialled.take();
        return TtrpcClient.over(
                Channels.newChannel(poller.inputStream(end.duplicate())),
                Channels.newChannel(poller.outputStream(end)));
    }

    private static void beat(TtrpcClient host) {
        var _ = host.call("a.b", "Heartbeat", Empty.getDefaultInstance(), Empty.parser(), OPTIONS);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
