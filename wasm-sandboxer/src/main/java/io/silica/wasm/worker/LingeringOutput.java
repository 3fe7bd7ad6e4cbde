// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Descriptor;
import io.silica.sandbox.ContainerId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Output streams of guests that were made for a daemon that died before it had answered. Its next
 * life makes them anew. containerd reads a FIFO until nobody has it open for writing, and then
 * never again: so the first guest's stay open until the second one has its own, or nobody seems to
 * come. Any thread may call any method.
 */
final class LingeringOutput {
    private final ScheduledExecutorService clock;
    private final Duration time;
    private final ConcurrentMap<ContainerId, Streams> kept = new ConcurrentHashMap<>();

    /** A value by identity: each attempt to make a guest has its own. */
    private static final class Streams {
        private final List<Descriptor> writers;

        private Streams(List<Descriptor> writers) {
            this.writers = writers;
        }

        private void close() {
            writers.forEach(Descriptor::close);
        }
    }

    /**
     * @param time how long streams are kept
     */
    LingeringOutput(ScheduledExecutorService clock, Duration time) {
        this.clock = clock;
        this.time = time;
    }

    /** Keeps the streams of a guest that is given up, and owns them from now on. */
    void keep(ContainerId id, List<Descriptor> writers) {
        var streams = new Streams(writers);
        var earlier = kept.put(id, streams);
        if (earlier != null) {
            earlier.close();
        }
        var _ = clock.schedule(() -> drop(id, streams), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The guest is there again. */
    void release(ContainerId id) {
        var streams = kept.remove(id);
        if (streams != null) {
            streams.close();
        }
    }

    private void drop(ContainerId id, Streams streams) {
        if (kept.remove(id, streams)) {
            streams.close();
        }
    }
}
