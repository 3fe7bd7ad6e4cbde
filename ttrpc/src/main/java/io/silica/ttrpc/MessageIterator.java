// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** A loop over what comes, which waits where {@link #hasNext} is asked. */
final class MessageIterator<T> implements Iterator<T> {
    private final MessageSource<T> source;
    private Optional<T> next = Optional.empty();
    private boolean ended;

    MessageIterator(MessageSource<T> source) {
        this.source = source;
    }

    @Override
    public boolean hasNext() {
        if (next.isEmpty() && !ended) {
            next = source.receive();
            ended = next.isEmpty();
        }
        return next.isPresent();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the stream has ended");
        }
        var message = next.orElseThrow();
        next = Optional.empty();
        return message;
    }
}
