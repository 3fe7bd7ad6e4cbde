// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixSocket;
import io.silica.linux.leaks.LeakCheck;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@LeakCheck
@Timeout(60)
final class DescriptorInboxTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long TOKEN = 0x0123_4567_89ab_cdefL;

    private final Poller poller = Poller.start("silica-test-poller");
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private Pipe pipe;
    private UnixSocket daemon;
    private UnixSocket worker;

    @BeforeEach
    void begin() {
        pipe = Pipe.open();
        var ends = UnixSocket.pair(SocketType.SEQPACKET);
        daemon = ends.getFirst();
        worker = ends.getLast();
    }

    @AfterEach
    void end() {
        daemon.close();
        while (worker.descriptor().isOpen()) {
            Thread.onSpinWait();
        }
        pipe.close();
        clock.shutdownNow();
        poller.close();
    }

    private DescriptorInbox inbox(Duration claimTime) {
        var inbox = new DescriptorInbox(poller, clock, claimTime);
        inbox.serve(worker);
        return inbox;
    }

    @Test
    void whatNobodyClaimsInTimeIsClosed() throws InterruptedException {
        var inbox = inbox(Duration.ofMillis(1));
        sendWriter(Long.BYTES);
        awaitAcknowledgement();
        awaitNoWriter();
        assertThat(inbox.claim(TOKEN)).isEmpty();
        assertThat(inbox.unclaimed()).isZero();
        assertThat(inbox.connections()).isEqualTo(1);
    }

    @Test
    void whatNobodyClaimedIsClosedWithItsConnection() throws InterruptedException {
        var inbox = inbox(NEVER);
        sendWriter(Long.BYTES);
        awaitAcknowledgement();
        assertThat(inbox.unclaimed()).isEqualTo(1);
        daemon.close();
        awaitNoWriter();
        assertThat(inbox.claim(TOKEN)).isEmpty();
    }

    @Test
    void whatIsClaimedOutlivesItsConnection() throws InterruptedException {
        var inbox = inbox(NEVER);
        sendWriter(Long.BYTES);
        awaitAcknowledgement();
        var claimed = inbox.claim(TOKEN).orElseThrow();
        assertThat(inbox.claim(TOKEN)).isEmpty();
        daemon.close();
        while (inbox.connections() > 0) {
            Thread.onSpinWait();
        }
        assertThat(pipe.reader().isReady(Epoll.READABLE)).isFalse();
        claimed.forEach(Descriptor::close);
        awaitNoWriter();
    }

    @Test
    void aMessageWithoutAWholeTokenCostsTheConnection() throws InterruptedException {
        var inbox = inbox(NEVER);
        sendWriter(Long.BYTES - 1);
        awaitNoWriter();
        assertThat(poller.await(daemon.descriptor(), Epoll.READABLE, PATIENCE)).isTrue();
        try (var arena = Arena.ofConfined()) {
            assertThat(daemon.receive(arena.allocate(1), 0, 1)).isNegative();
        }
        assertThat(inbox.unclaimed()).isZero();
    }

    /** From now on the inbox alone has the writing end of the pipe. */
    private void sendWriter(int length) {
        try (var arena = Arena.ofConfined()) {
            assertThat(daemon.send(token(arena).asSlice(0, length), List.of(pipe.writer())))
                    .isEqualTo(length);
        }
        pipe.writer().close();
    }

    private static MemorySegment token(Arena arena) {
        var layout = ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);
        var token = arena.allocate(layout);
        token.set(layout, 0, TOKEN);
        return token;
    }

    private void awaitAcknowledgement() throws InterruptedException {
        assertThat(poller.await(daemon.descriptor(), Epoll.READABLE, PATIENCE)).isTrue();
        try (var arena = Arena.ofConfined()) {
            assertThat(daemon.receive(arena.allocate(1), 0, 1)).isEqualTo(1);
        }
    }

    /** Nothing is ever written: the pipe becomes readable when its last writing end is closed. */
    private void awaitNoWriter() throws InterruptedException {
        assertThat(poller.await(pipe.reader(), Epoll.READABLE, PATIENCE)).isTrue();
    }
}
