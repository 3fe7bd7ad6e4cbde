// SPDX-License-Identifier: Apache-2.0
package io.silica.server.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.silica.linux.Epoll;
import io.silica.linux.Poller;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixDatagram;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ServiceManagerTest {
    private static final long PID = 4711;

    @TempDir private Path temp;

    @Test
    void theStatesOfTheDaemonAreSent() {
        var path = temp.resolve("notify.sock");
        try (var manager = UnixDatagram.at(UnixAddress.of(path))) {
            var client = client(path.toString());

            client.status("adopting 3 sandboxes\nREADY=0");
            client.ready();
            client.stopping();

            assertThat(received(manager)).isEqualTo("STATUS=adopting 3 sandboxes READY=0");
            assertThat(received(manager)).isEqualTo("READY=1");
            assertThat(received(manager)).isEqualTo("STOPPING=1");
        }
    }

    @Test
    void anAbstractSocketIsReached() {
        var name = "@silica-notify-test-" + ProcessHandle.current().pid();
        try (var manager = UnixDatagram.at(UnixAddress.parse(name))) {
            client(name).ready();

            assertThat(received(manager)).isEqualTo("READY=1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "relative", "/nonexistent/notify", "/proc/version"})
    void nobodyListeningIsNoFailure(String socket) {
        assertThatCode(() -> client(socket).ready()).doesNotThrowAnyException();
    }

    @Test
    void aManagerThatNeverReadsIsNoFailure() {
        var path = temp.resolve("notify.sock");
        try (var _ = UnixDatagram.at(UnixAddress.of(path))) {
            var client = client(path.toString());
            assertThatCode(
                            () -> {
                                for (int i = 0; i < 10_000; i++) {
                                    client.ready();
                                }
                            })
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void withoutAServiceManagerNothingHappens() {
        var client = ServiceManager.of(Map.of(), PID);

        client.ready();
        client.watch(() -> true).close();
    }

    @Test
    void theWatchdogIsFedAsLongAsTheDaemonIsAlive() {
        var path = temp.resolve("notify.sock");
        try (var manager = UnixDatagram.at(UnixAddress.of(path))) {
            var environment =
                    Map.of(
                            "NOTIFY_SOCKET",
                            path.toString(),
                            "WATCHDOG_USEC",
                            "2000",
                            "WATCHDOG_PID",
                            "" + PID);
            try (var _ = ServiceManager.of(environment, PID).watch(() -> true)) {
                assertThat(received(manager)).isEqualTo("WATCHDOG=1");
                assertThat(received(manager)).isEqualTo("WATCHDOG=1");
            }
        }
    }

    @Test
    void aDaemonThatIsNotAliveFeedsNothingUntilItIsAgain() throws InterruptedException {
        var alive = new AtomicBoolean();
        var asked = new CountDownLatch(3);
        var pings = new AtomicInteger();
        var fed = new CountDownLatch(1);
        try (var _ =
                new Watchdog(
                        Optional.of(Duration.ofMillis(1)),
                        () -> {
                            asked.countDown();
                            return alive.get();
                        },
                        () -> {
                            pings.incrementAndGet();
                            fed.countDown();
                        })) {
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(pings).hasValue(0);
            alive.set(true);
            assertThat(fed.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anAnswerThatFailsIsNotAlive() throws InterruptedException {
        var asked = new CountDownLatch(2);
        var pings = new AtomicInteger();
        try (var _ =
                new Watchdog(
                        Optional.of(Duration.ofMillis(1)),
                        () -> {
                            asked.countDown();
                            throw new IllegalStateException("no idea");
                        },
                        pings::incrementAndGet)) {
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(pings).hasValue(0);
        }
    }

    @Test
    void onlyTheWatchedProcessIsWatched() {
        assertThat(watchdog("3000000", null)).isEqualTo(Duration.ofSeconds(3));
        assertThat(watchdog("3000000", "4711")).isEqualTo(Duration.ofSeconds(3));
        assertThat(watchdog("3000000", "4712")).isEqualTo(Duration.ZERO);
        assertThat(watchdog("0", "4711")).isEqualTo(Duration.ZERO);
        assertThat(watchdog("soon", "4711")).isEqualTo(Duration.ZERO);
    }

    private static Duration watchdog(String micros, @Nullable String owner) {
        var environment = new HashMap<>(Map.of("WATCHDOG_USEC", micros));
        if (owner != null) {
            environment.put("WATCHDOG_PID", owner);
        }
        return NotifyEnvironment.of(environment, PID).watchdog().orElse(Duration.ZERO);
    }

    private static ServiceManager client(String socket) {
        return ServiceManager.of(Map.of("NOTIFY_SOCKET", socket), PID);
    }

    private static String received(UnixDatagram manager) {
        try (var arena = Arena.ofConfined();
                var poller = Poller.start("manager")) {
            assertThat(poller.await(manager.descriptor(), Epoll.READABLE, Duration.ofSeconds(30)))
                    .isTrue();
            var buffer = arena.allocate(4096);
            try (var received = manager.receive(buffer, 0)) {
                return new String(
                        buffer.asSlice(0, received.bytes()).toArray(ValueLayout.JAVA_BYTE), UTF_8);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
