// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import io.silica.server.contract.TaskConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Calls Task.State again and again, one call after the other on one connection, until it is asked
 * for the pauses that it has seen.
 */
final class StateStream implements AutoCloseable {
    /** Shorter ones are not worth keeping. */
    private static final Duration SHORTEST = Duration.ofMillis(5);

    private final TaskConnection tasks;
    private final String container;
    private final ExecutorService caller =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("stream").factory());
    private final Future<List<Pause>> pauses;
    private volatile boolean over;

    private StateStream(TaskConnection tasks, String container) {
        this.tasks = tasks;
        this.container = container;
        this.pauses = caller.submit(this::call);
    }

    static StateStream begin(TaskConnection tasks, String container) {
        return new StateStream(tasks, container);
    }

    /** Ends it; every pause that was not very short. */
    List<Pause> end() throws InterruptedException {
        over = true;
        try {
            return pauses.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a call failed, which no kill explains", e);
        }
    }

    @Override
    public void close() {
        over = true;
        caller.close();
    }

    private List<Pause> call() {
        var seen = new ArrayList<Pause>();
        long last = System.nanoTime();
        while (!over) {
            var _ = tasks.state(container);
            var pause = new Pause(last, System.nanoTime());
            if (pause.length().compareTo(SHORTEST) >= 0) {
                seen.add(pause);
            }
            last = pause.ended();
        }
        return seen;
    }
}
