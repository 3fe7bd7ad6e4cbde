// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.linux.Received;
import io.silica.linux.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps descriptors that came by a connection until a container claims them by their token. What
 * nobody claims is closed when its connection ends or its time is up; a peer that breaks the
 * protocol loses its connection.
 *
 * <p>Any thread may claim; receiving happens on the poller's thread.
 */
final class DescriptorInbox {
    /** The most descriptors in one message. */
    static final int MAX_DESCRIPTORS = 128;

    /** The most messages that nobody has claimed. */
    static final int MAX_UNCLAIMED = 256;

    private static final System.Logger LOG = System.getLogger(DescriptorInbox.class.getName());
    private static final ValueLayout.OfLong TOKEN =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Poller poller;
    private final ScheduledExecutorService clock;
    private final Duration claimTime;
    private final Map<Long, Unclaimed> unclaimed = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();

    private record Unclaimed(UnixSocket from, List<Descriptor> descriptors) {
        void close() {
            descriptors.forEach(Descriptor::close);
        }
    }

    DescriptorInbox(Poller poller, ScheduledExecutorService clock, Duration claimTime) {
        this.poller = poller;
        this.clock = clock;
        this.claimTime = claimTime;
    }

    /** How many connections there are. */
    int connections() {
        return connections.get();
    }

    /** How many messages wait for their claim. */
    int unclaimed() {
        return unclaimed.size();
    }

    /** Receives from a connection until it ends; the inbox owns it. */
    void serve(UnixSocket connection) {
        connections.incrementAndGet();
        await(connection);
    }

    /** The descriptors that came with a token, now the caller's; empty if there are none. */
    Optional<List<Descriptor>> claim(long token) {
        return Optional.ofNullable(unclaimed.remove(token)).map(Unclaimed::descriptors);
    }

    private void await(UnixSocket connection) {
        var _ = poller.watch(connection.descriptor(), Epoll.READABLE, () -> receiveAll(connection));
    }

    private void receiveAll(UnixSocket connection) {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(TOKEN);
            while (true) {
                var received = connection.receive(buffer, MAX_DESCRIPTORS);
                if (received.bytes() == 0) {
                    await(connection);
                    return;
                }
                if (received.bytes() < 0 || !keep(connection, received, buffer)) {
                    end(connection);
                    return;
                }
            }
        } catch (LinuxException e) {
            LOG.log(System.Logger.Level.WARNING, "a connection for descriptors is lost", e);
            end(connection);
        }
    }

    /** Whether the message was one of ours and is acknowledged. */
    private boolean keep(UnixSocket connection, Received received, MemorySegment buffer) {
        var message = new Unclaimed(connection, received.descriptors());
        long token = buffer.get(TOKEN, 0);
        if (received.bytes() != TOKEN.byteSize()
                || received.descriptors().isEmpty()
                || unclaimed.size() >= MAX_UNCLAIMED
                || unclaimed.putIfAbsent(token, message) != null) {
            received.close();
            return false;
        }
        var _ =
                clock.schedule(
                        () -> drop(token, message), claimTime.toMillis(), TimeUnit.MILLISECONDS);
        return connection.send(buffer.fill((byte) 0), 0, 1) == 1;
    }

    private void drop(long token, Unclaimed message) {
        if (unclaimed.remove(token, message)) {
            message.close();
        }
    }

    private void end(UnixSocket connection) {
        unclaimed.forEach((token, message) -> {
            if (message.from == connection) {
                drop(token, message);
            }
        });
        connection.close();
        connections.decrementAndGet();
    }
}
