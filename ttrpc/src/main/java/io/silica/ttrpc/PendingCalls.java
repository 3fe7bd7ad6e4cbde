// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import io.silica.ttrpc.wire.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A client's calls that wait for their answers, by stream id. Thread safe. */
final class PendingCalls {
    private final Map<Integer, CompletableFuture<Response>> calls = new HashMap<>();
    private int nextStreamId;
    private boolean exhausted;
    private long dropped;
    private @Nullable TtrpcException failure;

    /**
     * @param firstStreamId odd; 1 but for tests
     */
    PendingCalls(int firstStreamId) {
        nextStreamId = firstStreamId;
    }

    /**
     * Gives a call the next stream id.
     *
     * @param sending run with the id before any other call gets one, so that ids increase on the
     *     wire
     * @throws TtrpcException UNAVAILABLE if the connection is gone or has no ids left
     */
    synchronized int begin(CompletableFuture<Response> call, IntConsumer sending) {
        if (failure != null) {
            throw new TtrpcException(failure.status(), failure);
        }
        if (exhausted) {
            throw new TtrpcException(
                    StatusCode.UNAVAILABLE, "ttrpc: no stream ids left on this connection");
        }
        int streamId = nextStreamId;
        nextStreamId += 2;
        exhausted = nextStreamId == 1;
        calls.put(streamId, call);
        sending.accept(streamId);
        return streamId;
    }

    synchronized void forget(int streamId) {
        calls.remove(streamId);
    }

    /** Ends the call on this stream; if there is none, counts what came as dropped. */
    void end(int streamId, Consumer<CompletableFuture<Response>> outcome) {
        var call = take(streamId);
        if (call != null) {
            outcome.accept(call);
        }
    }

    /** Fails every call, and every later one. The first failure is the one that counts. */
    void failAll(TtrpcException cause) {
        failed(cause).forEach(call -> call.completeExceptionally(cause));
    }

    synchronized long dropped() {
        return dropped;
    }

    private synchronized @Nullable CompletableFuture<Response> take(int streamId) {
        var call = calls.remove(streamId);
        if (call == null) {
            dropped++;
        }
        return call;
    }

    private synchronized List<CompletableFuture<Response>> failed(TtrpcException cause) {
        if (failure == null) {
            failure = cause;
        }
        var waiting = List.copyOf(calls.values());
        calls.clear();
        return waiting;
    }
}
