// SPDX-License-Identifier: Apache-2.0
package io.silica.server.events;

import io.silica.proto.containerd.types.Envelope;
import io.silica.sandbox.TaskEvent;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes events at once and hands them to containerd when it can, in their order.
 *
 * <p>While containerd is down or hangs, events are kept up to a bound; then the oldest give way. An
 * event whose answer did not come is sent again, so a subscriber may see it twice. An event that
 * containerd refuses is dropped. One virtual thread does it all; it sleeps while there is nothing
 * to send.
 */
public final class EventOutbox implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(EventOutbox.class.getName());

    private final EventOutboxConfig config;
    private final InstantSource clock;
    private final PendingEvents pending;
    private final EventForwarder forwarder;
    private final AtomicLong refused = new AtomicLong();
    private final Thread thread;

    /** Begins to hand over what is published. */
    public EventOutbox(EventOutboxConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.pending = new PendingEvents(config.capacity());
        this.forwarder = new EventForwarder(config.socket(), config.deadline());
        this.thread = Thread.ofVirtual().name("event-outbox").start(this::handOver);
    }

    /** Takes an event. Any thread; never blocks and never fails. */
    public void publish(TaskEvent event) {
        pending.add(TaskEventForm.envelope(event, config.namespace(), clock.instant()));
    }

    /** How many events are waiting, the one that is being sent among them. */
    public int depth() {
        return pending.depth();
    }

    /** How many events gave way to newer ones. */
    public long droppedCount() {
        return pending.dropped();
    }

    /** How many events containerd did not want, or could not be sent at all. */
    public long refusedCount() {
        return refused.get();
    }

    /** Ends at once; what is still waiting is lost. Idempotent. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handOver() {
        Duration pause = config.firstPause();
        try (forwarder) {
            while (!Thread.currentThread().isInterrupted()) {
                // Looked at anew each time: the oldest may have given way during the pause.
                Envelope event = pending.awaitFirst();
                if (attempt(event)) {
                    pending.remove(event);
                    pause = config.firstPause();
                } else {
                    Thread.sleep(pause);
                    pause = shorter(pause.multipliedBy(2), config.longestPause());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether nothing remains to be done about the event. */
    private boolean attempt(Envelope event) {
        try {
            forwarder.forward(event);
            return true;
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "cannot reach containerd''s events service: {0}", e);
            return false;
        } catch (TtrpcException e) {
            return isRefusal(event, e);
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "cannot send the event " + event.getTopic(), e);
            refused.incrementAndGet();
            return true;
        }
    }

    private boolean isRefusal(Envelope event, TtrpcException failure) {
        return switch (failure.code()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> {
                LOGGER.log(Level.DEBUG, "event {0} is sent again: {1}", event.getTopic(), failure);
                yield false;
            }
            case OK,
                    UNKNOWN,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    INTERNAL,
                    DATA_LOSS,
                    UNAUTHENTICATED -> {
                refused.incrementAndGet();
                LOGGER.log(Level.WARNING, "containerd refuses {0}: {1}", event.getTopic(), failure);
                yield true;
            }
        };
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
