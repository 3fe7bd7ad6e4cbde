// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a creation has built so far, to be undone in reverse order unless it succeeds. Every step is
 * undone, whatever the others do; the first failure is thrown with the later ones suppressed in it.
 *
 * <pre>{@code
 * try (var undo = new Undo()) {
 *     var mount = undo.owns(mount());
 *     var process = undo.owns(spawn(mount));
 *     undo.keep();
 *     return new Running(mount, process);
 * }
 * }</pre>
 *
 * <p>For one thread.
 */
public final class Undo implements AutoCloseable {
    private final Deque<Step> steps = new ArrayDeque<>();

    /** Takes what was built, to be closed. */
    public <T extends AutoCloseable> T owns(T built) {
        steps.push(built::close);
        return built;
    }

    /** Takes a step that undoes what was just done. */
    public void add(Step step) {
        steps.push(step);
    }

    /** The creation has succeeded: nothing is undone any more. */
    public void keep() {
        steps.clear();
    }

    /**
     * Undoes what has not been kept.
     *
     * @throws SandboxException.Failed if a step fails; every step was tried
     */
    @Override
    public void close() {
        SandboxException.Failed failure = null;
        while (!steps.isEmpty()) {
            try {
                steps.pop().undo();
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                if (failure == null) {
                    failure = new SandboxException.Failed("could not be undone: " + e, e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Takes one thing back. */
    @FunctionalInterface
    public interface Step {
        /** Undoes it. */
        void undo() throws Exception;
    }
}
