// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

import com.google.protobuf.Empty;
import io.silica.proto.guest.HeartbeatRequest;
import io.silica.sandbox.SandboxId;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.StreamLimits;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A connection that an agent has made. What carries it through to the guest is another program. */
final class AgentLink implements AutoCloseable {
    private final SocketChannel channel;
    private final TtrpcClient client;
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @param channel blocking; ours from now on
     */
    AgentLink(SocketChannel channel, StreamLimits limits) {
        this.channel = channel;
        this.client = TtrpcClient.over(channel, channel, limits);
        client.onClose(closed::countDown);
    }

    TtrpcClient client() {
        return client;
    }

    /**
     * Lets the guest hear of us as long as the connection is there.
     *
     * @param period from the beginning of one call to that of the next
     * @param beats what it hears
     */
    void beat(SandboxId sandbox, Duration period, Supplier<HeartbeatRequest> beats) {
        Thread.ofVirtual().name("heartbeat-of " + sandbox).start(() -> beat(period, beats));
    }

    private void beat(Duration period, Supplier<HeartbeatRequest> beats) {
        try {
            long next = System.nanoTime() + period.toNanos();
            while (!closed.await(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                call(period, beats.get());
                next = Math.max(next + period.toNanos(), System.nanoTime());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void call(Duration period, HeartbeatRequest beat) {
        try {
            var _ =
                    client.call(
                            Agent.GUEST,
                            "Heartbeat",
                            beat,
                            Empty.parser(),
                            CallOptions.timeout(period));
        } catch (TtrpcException _) {
            // What matters is that it was asked; of a lost connection whoever uses it hears.
        }
    }

    /**
     * Closes it so that the guest is told: it hears the end and closes its own, for which is waited
     * so long. A socket that is closed with something unread is reset instead, and of that nobody
     * tells the guest.
     */
    void letGo(Duration patience) {
        try {
            channel.shutdownOutput();
            var _ = closed.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (IOException _) {
            // It is closed.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    /** Calls in flight fail. Idempotent. */
    @Override
    public void close() {
        client.close();
    }
}
