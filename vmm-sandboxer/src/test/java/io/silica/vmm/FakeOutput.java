// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import com.google.protobuf.ByteString;
import io.silica.proto.guest.OutputChunk;
import io.silica.proto.guest.OutputRequest;
import io.silica.ttrpc.MessageSink;
import io.silica.ttrpc.MessageSource;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** What a process of a {@link FakeGuest} has written to one stream, and how it gets to the host. */
final class FakeOutput {
    private static final int WINDOW = 256 << 10;
    private static final int CHUNK = 32 << 10;

    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private long acknowledged;
    private boolean closed;
    private long generation;

    /** Waits as long as the window is full; after the end it does nothing. */
    synchronized void write(byte[] bytes) throws InterruptedException {
        while (!closed && all.size() - acknowledged >= WINDOW) {
            wait();
        }
        if (closed) {
            return;
        }
        all.writeBytes(bytes);
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    void serve(
            OutputRequest first,
            MessageSource<OutputRequest> requests,
            MessageSink<OutputChunk> chunks)
            throws InterruptedException {
        long mine = begin(first);
        Thread.ofVirtual().name("acknowledgements").start(() -> listen(requests, mine));
        long sent = acknowledged();
        while (true) {
            var chunk = next(mine, sent);
            if (chunk == null) {
                return;
            }
            chunks.send(chunk);
            sent += chunk.getData().size();
        }
    }

    private synchronized long begin(OutputRequest first) {
        acknowledged = Math.max(acknowledged, first.getAcknowledged());
        notifyAll();
        return ++generation;
    }

    private void listen(MessageSource<OutputRequest> requests, long mine) {
        try {
            for (var request : requests) {
                synchronized (this) {
                    acknowledged = Math.max(acknowledged, request.getAcknowledged());
                    notifyAll();
                }
            }
        } catch (TtrpcException _) {
            // The connection is lost.
        }
        synchronized (this) {
            generation += generation == mine ? 1 : 0;
            notifyAll();
        }
    }

    private synchronized @Nullable OutputChunk next(long mine, long sent)
            throws InterruptedException {
        while (generation == mine) {
            if (closed && acknowledged == all.size()) {
                return null;
            }
            if (sent < all.size() && sent - acknowledged < WINDOW) {
                int length = (int) Math.min(CHUNK, all.size() - sent);
                return OutputChunk.newBuilder()
                        .setOffset(sent)
                        .setData(ByteString.copyFrom(all.toByteArray(), (int) sent, length))
                        .build();
            }
            wait();
        }
        throw new TtrpcException(StatusCode.UNAVAILABLE, "another call has taken over");
    }
}
