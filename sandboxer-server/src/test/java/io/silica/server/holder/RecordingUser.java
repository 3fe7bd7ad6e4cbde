// SPDX-License-Identifier: Apache-2.0
package io.silica.server.holder;

import io.silica.linux.Descriptor;
import io.silica.ttrpc.ConnectionId;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps what it is given, and the names of those who keep it. */
final class RecordingUser implements ConnectionUser, AutoCloseable {
    private final BlockingQueue<HeldConnection> given = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> keepers = new LinkedBlockingQueue<>();
    private final Map<ConnectionId, HeldConnection> served = new ConcurrentHashMap<>();

    @Override
    public void serve(HeldConnection connection) {
        var before = served.put(connection.id(), connection);
        if (before != null) {
            before.socket().close();
        }
        given.add(connection);
    }

    @Override
    public Map<ConnectionId, Descriptor> served() {
        var descriptors = new ConcurrentHashMap<ConnectionId, Descriptor>();
        served.forEach((id, connection) -> descriptors.put(id, connection.socket().descriptor()));
        return descriptors;
    }

    @Override
    public void keptBy(String instance) {
        keepers.add(instance);
    }

    HeldConnection awaitConnection() throws InterruptedException {
        return present(given.poll(30, TimeUnit.SECONDS));
    }

    String awaitKeeper() throws InterruptedException {
        return present(keepers.poll(30, TimeUnit.SECONDS));
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("nothing came");
        }
        return value;
    }

    /** Closes our side of a connection, as at its end. */
    void close(HeldConnection connection) {
        served.remove(connection.id());
        connection.socket().close();
    }

    @Override
    public void close() {
        served.values().forEach(connection -> connection.socket().close());
    }
}
