// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import io.silica.linux.Epoll;
import io.silica.linux.Pidfd;
import io.silica.linux.Poller;
import io.silica.server.contract.ControllerConnection;
import io.silica.server.contract.TaskConnection;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The death of a daemon by SIGKILL and the beginning of its next life, under a client that calls
 * all the while; each is lived through once and timed.
 */
final class Restart {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How long the client has called undisturbed before. */
    private static final Duration BEFORE = Duration.ofMillis(100);

    /** How long it goes on calling afterwards. */
    private static final Duration AFTERWARDS = Duration.ofMillis(200);

    private final SupervisedSandboxer sandboxer;
    private final NextLife next;
    private final ControllerConnection controller;
    private final TaskConnection tasks;
    private final Poller poller;
    private final Map<Span, Duration> times = new EnumMap<>(Span.class);

    Restart(
            SupervisedSandboxer sandboxer,
            NextLife next,
            ControllerConnection controller,
            TaskConnection tasks,
            Poller poller) {
        this.sandboxer = sandboxer;
        this.next = next;
        this.controller = controller;
        this.tasks = tasks;
        this.poller = poller;
    }

    /** Lives through it, and gives how long each span took. */
    Map<Span, Duration> times() throws IOException, InterruptedException {
        next.prepare(sandboxer);
        try (var stream = StateStream.begin(tasks, Pods.CONTAINER);
                var daemon = Pidfd.open(sandboxer.daemon())) {
            Thread.sleep(BEFORE);
            kill(daemon, stream);
        }
        return times;
    }

    private void kill(Pidfd daemon, StateStream stream) throws IOException, InterruptedException {
        var log = DaemonLog.fromNowOn(sandboxer.log());
        var time = Instant.now();
        long killed = System.nanoTime();
        daemon.signal(Pidfd.SIGKILL);
        long ended = awaitEnd(daemon);
        controller.awaitDisconnected();
        var _ = controller.status(Pods.FIRST);
        since(Span.CONTROLLER, killed, System.nanoTime());
        since(Span.DEATH, killed, ended);
        put(log.awaitLife(), time.plusNanos(ended - killed));
        Thread.sleep(AFTERWARDS);
        put(stream.end(), killed, ended);
    }

    /** Nothing that is answered later comes from this life. */
    private long awaitEnd(Pidfd daemon) throws InterruptedException {
        if (!poller.await(daemon.descriptor(), Epoll.READABLE, PATIENCE)) {
            throw new IllegalStateException("a killed daemon does not end");
        }
        return System.nanoTime();
    }

    private void put(Life next, Instant ended) {
        times.put(Span.JVM_START, Duration.between(ended, next.begun()));
        times.put(Span.READY, Duration.between(next.begun(), next.ready()));
    }

    private void put(List<Pause> pauses, long killed, long ended) {
        var outage =
                pauses.stream().filter(pause -> pause.includes(ended)).findFirst().orElseThrow();
        since(Span.TASK, killed, outage.ended());
        times.put(
                Span.PAUSE,
                pauses.stream().map(Pause::length).max(Comparator.naturalOrder()).orElseThrow());
    }

    private void since(Span span, long begun, long ended) {
        times.put(span, Duration.ofNanos(ended - begun));
    }
}
