// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.util.Iterator;
import java.util.Optional;

/**
 * The messages that the other side of a stream sends, in the order sent. Taking one blocks until it
 * is there; those that come meanwhile wait in a bounded queue ({@link StreamLimits}). For one
 * thread at a time; another may send meanwhile.
 *
 * @param <T> message
 */
public interface MessageSource<T> extends Iterable<T> {
    /**
     * Waits for the next message.
     *
     * @return empty when the other side has sent its last one
     * @throws TtrpcException if there will be no next one because the call has failed; CANCELLED if
     *     the thread was interrupted (it stays so)
     */
    Optional<T> receive();

    /** The messages that are still to come, once; it throws what {@link #receive} throws. */
    @Override
    default Iterator<T> iterator() {
        return new MessageIterator<>(this);
    }
}
