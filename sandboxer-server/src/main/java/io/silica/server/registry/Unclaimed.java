// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.SandboxId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sandboxes that were created and wait for their start. containerd 2.3 creates one, misses its
 * pause image and never speaks of it again: it must not stay for ever. Safe for use by any thread.
 */
final class StartDeadlines {
    private final ScheduledExecutorService timer;
    private final Duration within;
    private final InstantSource clock;
    private final Consumer<ManagedSandbox> onMissed;
    private final ConcurrentMap<SandboxId, ScheduledFuture<?>> awaited = new ConcurrentHashMap<>();

    /**
     * @param timer runs short tasks later
     * @param within how long after its creation a sandbox may be started
     * @param onMissed takes a sandbox whose deadline has passed, on a thread of its own
     */
    StartDeadlines(
            ScheduledExecutorService timer,
            Duration within,
            InstantSource clock,
            Consumer<ManagedSandbox> onMissed) {
        this.timer = timer;
        this.within = within;
        this.clock = clock;
        this.onMissed = onMissed;
    }

    /** A start is expected from now on. */
    void expect(ManagedSandbox sandbox) {
        awaited.put(
                sandbox.id(),
                timer.schedule(
                        () -> missed(sandbox), left(sandbox).toMillis(), TimeUnit.MILLISECONDS));
    }

    /** A daemon that dies again and again does not put it off, nor does a clock that is set. */
    private Duration left(ManagedSandbox sandbox) {
        Duration left = within.minus(Duration.between(sandbox.createdAt(), clock.instant()));
        if (left.compareTo(within) > 0) {
            return within;
        }
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** None is expected any more. */
    void over(SandboxId id) {
        ScheduledFuture<?> deadline = awaited.remove(id);
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private void missed(ManagedSandbox sandbox) {
        Thread.ofVirtual().name("abandoned-" + sandbox.id()).start(() -> onMissed.accept(sandbox));
    }
}
