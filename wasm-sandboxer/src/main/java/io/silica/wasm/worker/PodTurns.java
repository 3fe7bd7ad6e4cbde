// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.sandbox.SandboxException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets one caller of each pod go on at a time, so that none has more of what all share than one.
 * Who came first is next. Any thread may call any method.
 */
final class PodTurns {
    private final Map<String, Queue> queues = new HashMap<>();

    private static final class Queue {
        private final Semaphore turn = new Semaphore(1, true);
        private int users;
    }

    /**
     * The turn of a pod. It is over when all who hold it have let go: whoever waited for it, and
     * what goes on for them, which they may give up waiting for.
     */
    final class Turn implements AutoCloseable {
        private final String pod;
        private final Queue queue;
        private final AtomicInteger holders = new AtomicInteger(1);

        private Turn(String pod, Queue queue) {
            this.pod = pod;
            this.queue = queue;
        }

        /** One more holds it, who lets go by {@link #close}. */
        void hold() {
            holders.incrementAndGet();
        }

        /** Lets go of it, once for each holder. */
        @Override
        public void close() {
            if (holders.decrementAndGet() == 0) {
                queue.turn.release();
                leave(pod, queue);
            }
        }
    }

    /**
     * Waits for the turn of a pod.
     *
     * @param nanos how long
     * @throws SandboxException.Exhausted if it does not come to that
     */
    Turn await(String pod, long nanos) {
        var queue = enter(pod);
        try {
            await(queue.turn, nanos);
            return new Turn(pod, queue);
        } catch (SandboxException e) {
            leave(pod, queue);
            throw e;
        }
    }

    private static void await(Semaphore turn, long nanos) {
        try {
            if (!turn.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                throw new SandboxException.Exhausted(
                        "a module can't be compiled: other modules of its pod are before it");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a module waited for its turn");
        }
    }

    /** How many wait for the turn of a pod. */
    synchronized int waiting(String pod) {
        var queue = queues.get(pod);
        return queue == null ? 0 : queue.turn.getQueueLength();
    }

    private synchronized Queue enter(String pod) {
        var queue = queues.computeIfAbsent(pod, _ -> new Queue());
        queue.users++;
        return queue;
    }

    private synchronized void leave(String pod, Queue queue) {
        queue.users--;
        if (queue.users == 0) {
            queues.remove(pod);
        }
    }
}
