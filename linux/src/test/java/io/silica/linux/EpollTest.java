// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.leaks.LeakCheck;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
class EpollTest {
    private static final long HIGH = 0x7EDC_BA98_7654_3210L;

    @Test
    void anEdgeIsReportedOnceWithItsToken() {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var sender = pair.getFirst();
                var reader = pair.getLast();
                var epoll = Epoll.create(4)) {
            epoll.add(reader.descriptor(), Epoll.READABLE, HIGH);
            assertThat(epoll.await(0)).isZero();
            sender.send(Memory.of("a"), 0, 1);
            assertThat(epoll.await(1000)).isOne();
            assertThat(epoll.token(0)).isEqualTo(HIGH);
            assertThat(epoll.events(0)).isEqualTo(Epoll.READABLE);
            assertThat(epoll.await(0)).as("still readable, but no new edge").isZero();
            sender.send(Memory.of("b"), 0, 1);
            assertThat(epoll.await(1000)).isOne();
        }
    }

    @Test
    void changingWhatIsWatchedReportsWhatIsSoAlready() {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var socket = pair.getFirst();
                var peer = pair.getLast();
                var epoll = Epoll.create(4)) {
            epoll.add(socket.descriptor(), Epoll.READABLE, 1);
            epoll.modify(socket.descriptor(), Epoll.READABLE | Epoll.WRITABLE, 2);
            assertThat(epoll.await(0)).isOne();
            assertThat(epoll.token(0)).isEqualTo(2);
            assertThat(epoll.events(0)).isEqualTo(Epoll.WRITABLE);
            peer.close();
            assertThat(epoll.await(0)).isOne();
            assertThat(epoll.events(0) & Epoll.HANG_UP).isNotZero();
        }
    }

    @Test
    void aBatchKeepsItsEventsApart() {
        try (var epoll = Epoll.create(8);
                var first = EventFd.create();
                var second = EventFd.create();
                var third = EventFd.create()) {
            epoll.add(first.descriptor(), Epoll.READABLE, -1);
            epoll.add(second.descriptor(), Epoll.READABLE, HIGH);
            epoll.add(third.descriptor(), Epoll.READABLE | Epoll.WRITABLE, 3);
            second.signal();
            third.signal();
            Map<Long, Integer> seen = new HashMap<>();
            int count = epoll.await(1000);
            for (int i = 0; i < count; i++) {
                seen.put(epoll.token(i), epoll.events(i));
            }
            assertThat(seen)
                    .containsOnly(
                            Map.entry(HIGH, Epoll.READABLE),
                            Map.entry(3L, Epoll.READABLE | Epoll.WRITABLE));
        }
    }

    @Test
    void anotherThreadWakesTheLoop() throws InterruptedException {
        try (var epoll = Epoll.create(1);
                var wake = EventFd.create()) {
            epoll.add(wake.descriptor(), Epoll.READABLE, 7);
            var other = Thread.ofPlatform().name("waker").start(wake::signal);
            assertThat(epoll.await(10_000)).isOne();
            assertThat(wake.drain()).isTrue();
            assertThat(wake.drain()).isFalse();
            other.join();
        }
    }

    @Test
    void whatWasRemovedIsSilent() {
        try (var epoll = Epoll.create(1);
                var event = EventFd.create()) {
            epoll.add(event.descriptor(), Epoll.READABLE, 7);
            epoll.remove(event.descriptor());
            event.signal();
            assertThat(epoll.await(0)).isZero();
        }
    }

    @Test
    void aDirectoryCannotBeWatched(@TempDir Path directory) {
        try (var epoll = Epoll.create(1);
                var file = Descriptor.open(directory, OpenFlag.READ)) {
            assertThatThrownBy(() -> epoll.add(file, Epoll.READABLE, 1))
                    .isInstanceOf(LinuxException.class)
                    .hasMessageContainingAll("epoll_ctl", directory.toString(), "EPERM");
        }
    }
}
