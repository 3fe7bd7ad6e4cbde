// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import io.silica.sandbox.SandboxException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings the two sides of streams together, by their ids. containerd opens a stream before it asks
 * for the process, so one that nobody uses yet waits here, for as long as its connection is there.
 */
final class StreamTable {
    private final Map<String, Place> places = new HashMap<>();

    private static final class Place {
        private @Nullable StreamConnection connection;
        private @Nullable StreamUser user;

        private boolean isFree() {
            return connection == null && user == null;
        }
    }

    /**
     * containerd has opened a stream. One that was open under this id ends: a containerd that was
     * restarted opens them again, and may be faster than the end of its old connections.
     *
     * @return who uses it, if it is used already
     */
    Optional<StreamUser> connected(StreamConnection connection) {
        StreamConnection former;
        StreamUser user;
        synchronized (this) {
            Place place = places.computeIfAbsent(connection.id(), _ -> new Place());
            former = place.connection;
            place.connection = connection;
            user = place.user;
        }
        if (former != null) {
            former.replaced();
        }
        return Optional.ofNullable(user);
    }

    /** The stream is over. */
    synchronized void disconnected(StreamConnection connection) {
        Place place = places.get(connection.id());
        if (place != null && connection.equals(place.connection)) {
            place.connection = null;
            removeIfFree(connection.id(), place);
        }
    }

    /**
     * Uses a stream from now on.
     *
     * @return its connection, if there is one; the caller tells it
     * @throws SandboxException.AlreadyExists if another process uses it
     */
    synchronized Optional<StreamConnection> use(String id, StreamUser user) {
        Place place = places.computeIfAbsent(id, _ -> new Place());
        if (place.user != null) {
            throw new SandboxException.AlreadyExists(
                    "the stream \"%s\" is used by another process".formatted(id));
        }
        place.user = user;
        return Optional.ofNullable(place.connection);
    }

    /** Whether a process uses it. */
    synchronized boolean isUsed(String id) {
        Place place = places.get(id);
        return place != null && place.user != null;
    }

    /** Uses it no more. */
    synchronized void release(String id, StreamUser user) {
        Place place = places.get(id);
        if (place != null && user.equals(place.user)) {
            place.user = null;
            removeIfFree(id, place);
        }
    }

    /**
     * Makes sure that containerd has a stream open: it opens them before it asks for the process.
     *
     * @throws SandboxException.WrongState if it has not
     */
    synchronized void require(String id) {
        Place place = places.get(id);
        if (place == null || place.connection == null) {
            throw new SandboxException.WrongState(
                    "nobody has the stream \"%s\" open: containerd has closed it or the daemon was restarted, and the container has to be made anew"
                            .formatted(id));
        }
    }

    private void removeIfFree(String id, Place place) {
        if (place.isFree()) {
            places.remove(id, place);
        }
    }
}
