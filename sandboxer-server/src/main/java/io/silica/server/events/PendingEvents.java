// SPDX-License-Identifier: Apache-2.0
package io.silica.server.events;

import io.silica.proto.containerd.types.Envelope;
import java.util.ArrayDeque;
import java.util.Deque;

/** Events in their order, the oldest of which give way when there are too many. */
final class PendingEvents {
    private final int capacity;
    private final Deque<Envelope> events = new ArrayDeque<>();
    private long dropped;

    PendingEvents(int capacity) {
        this.capacity = capacity;
    }

    synchronized void add(Envelope event) {
        if (events.size() == capacity) {
            events.removeFirst();
            dropped++;
        }
        events.addLast(event);
        notifyAll();
    }

    /** The oldest event, when there is one; it stays. */
    synchronized Envelope awaitFirst() throws InterruptedException {
        while (events.isEmpty()) {
            wait();
        }
        return events.getFirst();
    }

    /** Removes an event that {@link #awaitFirst} gave, unless it has given way meanwhile. */
    @SuppressWarnings("ReferenceEquality") // An event of the same content is another event.
    synchronized void remove(Envelope event) {
        if (events.peekFirst() == event) {
            events.removeFirst();
        }
    }

    synchronized int depth() {
        return events.size();
    }

    synchronized long dropped() {
        return dropped;
    }
}
