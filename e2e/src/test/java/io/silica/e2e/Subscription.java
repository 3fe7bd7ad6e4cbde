// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import com.google.protobuf.InvalidProtocolBufferException;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriException;
import io.silica.proto.containerd.events.TaskExit;
import io.silica.proto.containerd.events.TaskOOM;
import io.silica.proto.containerd.types.Envelope;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What containerd tells those who have subscribed to its events. */
final class Subscription implements AutoCloseable {
    private static final String TASKS = "/tasks/";
    private static final String EXIT = "containerd.events.TaskExit";

    private final CriClient client;
    private final Queue<Envelope> heard = new ConcurrentLinkedQueue<>();
    private final Thread listener;

    private Subscription(Node node) {
        this.client = new CriClient(node.cri().endpoint(), Duration.ofMinutes(5));
        this.listener = Thread.ofVirtual().name("subscription").start(this::listen);
    }

    /** Subscribes, and waits until something is heard, for containerd does not confirm it. */
    static Subscription of(Node node) {
        var subscription = new Subscription(node);
        Until.holds("an event", () -> subscription.hasHeardOfAnImage(node));
        return subscription;
    }

    private boolean hasHeardOfAnImage(Node node) {
        node.ctr("images", "label", "docker.io/silica/hello:1", "heard=" + System.nanoTime());
        return !heard.isEmpty();
    }

    /** Waits until something is heard that happens after all that has happened. */
    void awaitAnother(Node node) {
        int before = heard.size();
        node.ctr("images", "label", "docker.io/silica/hello:1", "heard=" + System.nanoTime());
        Until.holds("another event", () -> heard.size() > before);
    }

    /** Waits until something of this topic is told of a container. */
    void awaitTopic(String container, String topic) {
        Until.holds(topic + " of " + container, () -> topics(container).contains(topic));
    }

    /** Waits until the end of a container's first process is told. */
    TaskExit awaitExit(String container) {
        return Until.present("the event of the end of " + container, () -> exit(container));
    }

    /** The topics of what has been told of a container and its processes, in this order. */
    List<String> topics(String container) {
        return heard.stream()
                .filter(envelope -> envelope.getTopic().startsWith(TASKS))
                .filter(envelope -> container(envelope).equals(container))
                .map(Envelope::getTopic)
                .toList();
    }

    /** In all events of this topic the container is the first field, which this one has alone. */
    private static String container(Envelope envelope) {
        try {
            return TaskOOM.parseFrom(envelope.getEvent().getValue()).getContainerId();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private Optional<TaskExit> exit(String container) {
        return heard.stream()
                .filter(envelope -> envelope.getEvent().getTypeUrl().endsWith(EXIT))
                .map(Subscription::read)
                .filter(exit -> exit.getContainerId().equals(container))
                .findFirst();
    }

    private static TaskExit read(Envelope envelope) {
        try {
            return TaskExit.parseFrom(envelope.getEvent().getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private void listen() {
        try {
            client.events(heard::add);
        } catch (CriException _) {
            // It is closed; or containerd has ended, which a test finds out.
        }
    }

    @Override
    public void close() {
        client.close();
        try {
            listener.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
