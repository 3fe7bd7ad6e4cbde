// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.SandboxId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sandboxes that containerd may have lost sight of, and that must not stay for ever. It creates
 * one, misses its pause image and never speaks of it again (2.3); or the daemon dies while it
 * starts one, and the start is taken for failed though it was done. A sandbox is claimed by the
 * first word about it after its start: containerd asks for its status and waits for its end at
 * once. Safe for use by any thread.
 */
final class Unclaimed {
    /**
     * A sandbox of an earlier life has at least this long: whatever the wall clock says, containerd
     * is back within its longest pause between two attempts, which is 4 s, many times over.
     */
    private static final Duration GRACE = Duration.ofMinutes(1);

    private final ScheduledExecutorService timer;
    private final Duration within;
    private final InstantSource clock;
    private final Missed onMissed;
    private final ConcurrentMap<SandboxId, ScheduledFuture<?>> awaited = new ConcurrentHashMap<>();

    /** Takes a sandbox for which nobody came. */
    @FunctionalInterface
    interface Missed {
        /**
         * Its time is over.
         *
         * @param started whether it is the first word after its start that was expected, not the
         *     start itself
         */
        void missed(ManagedSandbox sandbox, boolean started);
    }

    /**
     * @param timer runs short tasks later
     * @param within how long after its creation a sandbox may be started, and after its start be
     *     claimed
     * @param onMissed takes a sandbox whose time is over, on a thread of its own
     */
    Unclaimed(
            ScheduledExecutorService timer, Duration within, InstantSource clock, Missed onMissed) {
        this.timer = timer;
        this.within = within;
        this.clock = clock;
        this.onMissed = onMissed;
    }

    /** A start, or the first word after it, is expected from now on. */
    void expect(ManagedSandbox sandbox) {
        expect(sandbox, within);
    }

    /** The same of a sandbox of an earlier life, whose time has been running. */
    void expectStill(ManagedSandbox sandbox) {
        expect(sandbox, left(sandbox.createdAt()));
    }

    /** Of the time of a sandbox that was created then, whatever became of the clock since. */
    Duration left(Instant createdAt) {
        Duration left = within.minus(Duration.between(createdAt, clock.instant()));
        return shorter(within, longer(GRACE, left));
    }

    private void expect(ManagedSandbox sandbox, Duration left) {
        boolean started = sandbox.isStarted();
        forget(
                awaited.put(
                        sandbox.id(),
                        timer.schedule(
                                () -> missed(sandbox, started),
                                left.toMillis(),
                                TimeUnit.MILLISECONDS)));
    }

    /** Nothing is expected any more. */
    void over(SandboxId id) {
        forget(awaited.remove(id));
    }

    private static void forget(@Nullable ScheduledFuture<?> deadline) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private void missed(ManagedSandbox sandbox, boolean started) {
        Thread.ofVirtual()
                .name("unclaimed-" + sandbox.id())
                .start(() -> onMissed.missed(sandbox, started));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
