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
    private final int streamId;
    private final String service;
    private final String method;
    private final Metadata metadata;
    private final Deadline deadline;
    private final boolean replay;
    private final Runnable endOfConnection;
    private final List<Runnable> callbacks = new ArrayList<>(1);
    private final List<Runnable> partings = new ArrayList<>(0);
    private boolean parted;
    private @Nullable Cancellation cancellation;

    CallContext(
            ConnectionId connection,
            CallOrigin origin,
            RequestHead head,
            Runnable endOfConnection) {
        this.connection = connection;
        this.streamId = origin.streamId();
        this.endOfConnection = endOfConnection;
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

    /** Its number on the connection, unsigned: no other call ever has it there. */
    public int streamId() {
        return streamId;
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

    /**
     * Runs {@code callback} once when the client of a stream has said that it sends nothing more,
     * or is gone: at once if that is so already, and also after the stream was answered. A client
     * that closes its side when it has seen the end of the server's tells by it that all was taken.
     * It runs on a thread of the server and must neither block nor throw.
     */
    public void onParting(Runnable callback) {
        synchronized (this) {
            if (!parted) {
                partings.add(callback);
                return;
            }
        }
        callback.run();
    }

    /**
     * The connection is of no use without this call: it is closed as soon as nothing is open on it
     * and all is sent. For a method for which clients make a connection of its own, and keep it.
     */
    public void endConnection() {
        endOfConnection.run();
    }

    /** The client sends nothing more. */
    void part() {
        List<Runnable> toRun;
        synchronized (this) {
            parted = true;
            toRun = List.copyOf(partings);
            partings.clear();
        }
        toRun.forEach(Runnable::run);
    }

    /** Whether somebody is still to hear of {@link #part}. */
    synchronized boolean awaitsParting() {
        return !partings.isEmpty();
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
