// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call as its handler sees it: who calls, with which metadata, and for how long they wait.
 * Thread safe.
 */
public final class CallContext {
    private final ConnectionId connection;
    private final String service;
    private final String method;
    private final Metadata metadata;
    private final Deadline deadline;
    private final boolean replay;
    private final List<Runnable> callbacks = new ArrayList<>(1);
    private @Nullable Cancellation cancellation;

    CallContext(ConnectionId connection, CallOrigin origin, RequestHead head) {
        this.connection = connection;
        this.service = head.service();
        this.method = head.method();
        this.metadata = head.metadata();
        this.deadline = head.deadline(origin.ageNanos());
        this.replay = origin.replay();
    }

    /** The connection that the call came by. */
    public ConnectionId connection() {
        return connection;
    }

    /** The service as called, for instance {@code containerd.task.v3.Task}. */
    public String service() {
        return service;
    }

    /** The method as called, for instance {@code State}. */
    public String method() {
        return method;
    }

    /** What the caller sent beside the request. */
    public Metadata metadata() {
        return metadata;
    }

    /** What is left of the caller's deadline, not negative; empty if there is none. */
    public Optional<Duration> remaining() {
        return deadline.exists()
                ? Optional.of(Duration.ofNanos(Math.max(0, deadline.remainingNanos())))
                : Optional.empty();
    }

    /**
     * Whether an earlier life of this server has begun this call already. It may have carried it
     * out in part or in whole, and may even have answered it; the caller does not know of any of
     * that and still waits.
     */
    public boolean isReplay() {
        return replay;
    }

    /** Why nobody waits for the answer any more; empty while somebody does. */
    public synchronized Optional<Cancellation> cancellation() {
        return Optional.ofNullable(cancellation);
    }

    /**
     * Runs {@code callback} once when nobody waits any more: at once if that is so already, never
     * after the call was answered. It runs on a thread of the server and must neither block nor
     * throw.
     */
    public void onCancel(Runnable callback) {
        synchronized (this) {
            if (cancellation == null) {
                callbacks.add(callback);
                return;
            }
        }
        callback.run();
    }

    Deadline deadline() {
        return deadline;
    }

    void cancel(Cancellation reason) {
        List<Runnable> toRun;
        synchronized (this) {
            if (cancellation != null) {
                return;
            }
            cancellation = reason;
            toRun = List.copyOf(callbacks);
            callbacks.clear();
        }
        toRun.forEach(Runnable::run);
    }

    /** After the answer nobody is left to be told. */
    synchronized void answered() {
        callbacks.clear();
    }
}
