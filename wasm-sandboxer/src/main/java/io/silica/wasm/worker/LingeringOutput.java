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
import org.jspecify.annotations.Nullable;

/**
 * Output streams of guests that were made for a daemon that died before it had answered. Its next
 * life makes them anew. containerd reads a FIFO until nobody has it open for writing, and then
 * never again: so the first guest's stay open until the second one has its own, or nobody seems to
 * come. Any thread may call any method.
 */
final class LingeringOutput {
    private final ScheduledExecutorService clock;
    private final Duration time;
    private final ConcurrentMap<ContainerId, List<Descriptor>> kept = new ConcurrentHashMap<>();

    /**
     * @param time how long streams are kept
     */
    LingeringOutput(ScheduledExecutorService clock, Duration time) {
        this.clock = clock;
        this.time = time;
    }

    /** Keeps the streams of a guest that is given up, and owns them from now on. */
    void keep(ContainerId id, List<Descriptor> writers) {
        close(kept.put(id, writers));
        var _ = clock.schedule(() -> drop(id, writers), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The guest is there again. */
    void release(ContainerId id) {
        close(kept.remove(id));
    }

    /** Those of a later attempt are others. */
    private void drop(ContainerId id, List<Descriptor> writers) {
        if (kept.remove(id, writers)) {
            close(writers);
        }
    }

    private static void close(@Nullable List<Descriptor> writers) {
        if (writers != null) {
            writers.forEach(Descriptor::close);
        }
    }
}
