// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.sandbox.SandboxException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets one caller of each pod go on at a time, so that none has more of what all share than one.
 * Who came first is next. Any thread may call any method.
 */
final class PodTurns {
    private final Duration patience;
    private final Map<String, Turn> turns = new HashMap<>();

    private static final class Turn {
        private final ReentrantLock lock = new ReentrantLock(true);
        private int callers;
    }

    /**
     * @param patience how long somebody waits for the others of its pod
     */
    PodTurns(Duration patience) {
        this.patience = patience;
    }

    /**
     * Does something when it is the caller's turn.
     *
     * @throws SandboxException.Exhausted if it does not come to that
     */
    <T> T of(String pod, Supplier<T> work) {
        var turn = enter(pod);
        try {
            await(turn.lock);
            try {
                return work.get();
            } finally {
                turn.lock.unlock();
            }
        } finally {
            leave(pod, turn);
        }
    }

    private void await(ReentrantLock lock) {
        try {
            if (!lock.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SandboxException.Exhausted(
                        "a module can't be compiled: other modules of its pod are before it");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a module waited for its turn");
        }
    }

    private synchronized Turn enter(String pod) {
        var turn = turns.computeIfAbsent(pod, _ -> new Turn());
        turn.callers++;
        return turn;
    }

    private synchronized void leave(String pod, Turn turn) {
        turn.callers--;
        if (turn.callers == 0) {
            turns.remove(pod);
        }
    }
}
