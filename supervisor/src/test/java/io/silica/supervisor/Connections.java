// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import io.silica.linux.UnixSocket;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * What a daemon was given.
 *
 * @param byId in the order in which they came
 */
record Connections(SequencedMap<Long, UnixSocket> byId) implements AutoCloseable {
    List<Long> ids() {
        return List.copyOf(byId.keySet());
    }

    UnixSocket get(long id) {
        return Objects.requireNonNull(byId.get(id), () -> id + " is none of " + byId.keySet());
    }

    UnixSocket first() {
        return byId.firstEntry().getValue();
    }

    UnixSocket last() {
        return byId.lastEntry().getValue();
    }

    @Override
    public void close() {
        byId.values().forEach(UnixSocket::close);
    }
}
