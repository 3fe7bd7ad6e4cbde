// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A client's calls that wait for their answers, by stream id. Thread safe. */
final class PendingCalls {
    private final Map<Integer, ClientCall> calls = new HashMap<>();
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
    synchronized int begin(ClientCall call, IntConsumer sending) {
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

    /** How many calls wait. */
    synchronized int size() {
        return calls.size();
    }

    synchronized void forget(int streamId) {
        calls.remove(streamId);
    }

    /** Gives a frame to its call; if there is none, counts it as dropped. */
    void received(Frame frame) {
        var call = find(frame.streamId());
        if (call != null && call.received(frame)) {
            forget(frame.streamId());
        }
    }

    /** Fails the call on this stream; if there is none, counts what came as dropped. */
    void fail(int streamId, TtrpcException cause) {
        var call = find(streamId);
        if (call != null) {
            forget(streamId);
            call.failed(cause);
        }
    }

    /** Fails every call, and every later one. The first failure is the one that counts. */
    void failAll(TtrpcException cause) {
        failed(cause).forEach(call -> call.failed(cause));
    }

    synchronized long dropped() {
        return dropped;
    }

    private synchronized @Nullable ClientCall find(int streamId) {
        var call = calls.get(streamId);
        if (call == null) {
            dropped++;
        }
        return call;
    }

    private synchronized List<ClientCall> failed(TtrpcException cause) {
        if (failure == null) {
            failure = cause;
        }
        var waiting = List.copyOf(calls.values());
        calls.clear();
        return waiting;
    }
}
