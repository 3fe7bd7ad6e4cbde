// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxLifecycle;
import io.silica.sandbox.SandboxRequest;
import io.silica.sandbox.SandboxState;
import java.time.Instant;

/**
 * What is so with a sandbox. An end is taken note of at once, on whatever thread tells of it,
 * before anybody who waits is answered. Safe for use by any thread; none blocks.
 */
final class SandboxStatus {
    private final SandboxLifecycle lifecycle;
    private final Exit exit = new Exit();
    private volatile SandboxState state;

    SandboxStatus(SandboxId id, SandboxState state) {
        this.lifecycle = new SandboxLifecycle(id, state);
        this.state = state;
        if (state instanceof SandboxState.Stopped(ExitStatus status)) {
            exit.complete(status);
        }
    }

    SandboxState state() {
        return state;
    }

    /** Its end, known only after {@link #state} tells it. */
    Exit exit() {
        return exit;
    }

    boolean isStopped() {
        return state instanceof SandboxState.Stopped;
    }

    /** Whether the request is to be carried out; see {@link SandboxLifecycle#admits}. */
    boolean admits(SandboxRequest request) {
        synchronized (lifecycle) {
            return lifecycle.admits(request);
        }
    }

    /**
     * Does what a request is for while nothing can change the state that admits it.
     *
     * @throws SandboxException if it does not admit it
     */
    void whileAdmitted(SandboxRequest request, Runnable effect) {
        synchronized (lifecycle) {
            if (lifecycle.admits(request)) {
                effect.run();
            }
        }
    }

    void started(int pid, Instant at) {
        synchronized (lifecycle) {
            lifecycle.started(pid, at);
            state = lifecycle.state();
        }
    }

    /**
     * Of two ends at a time the first counts, and a Wait tells that one.
     *
     * @param onFirst called, before anybody who waits, if this is it
     */
    void ended(ExitStatus status, Runnable onFirst) {
        boolean first;
        synchronized (lifecycle) {
            first = !isStopped();
            lifecycle.ended(status);
            state = lifecycle.state();
        }
        if (first) {
            onFirst.run();
        }
        if (state instanceof SandboxState.Stopped(ExitStatus taken)) {
            exit.complete(taken);
        }
    }
}
