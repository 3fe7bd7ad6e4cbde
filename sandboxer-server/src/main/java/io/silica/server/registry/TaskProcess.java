// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.ProcessLifecycle;
import io.silica.sandbox.ProcessRequest;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Stdio;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A process as containerd sees it: the kind's process and what is so with it.
 *
 * <p>An end is taken note of at once, on whatever thread tells of it, before anybody who waits is
 * answered: a State that follows a Wait never says "running". Only an end that overtakes its own
 * start is held back until that is told.
 */
public final class TaskProcess {
    private final ContainerProcess process;
    private final Stdio stdio;
    private final ProcessLifecycle lifecycle;
    private final Consumer<ExitStatus> onEnd;
    private final Exit exit = new Exit();
    private volatile ProcessState state;
    private boolean starting;
    private Optional<ExitStatus> heldBack = Optional.empty();

    /**
     * @param name what messages call it
     * @param onEnd hears of the end after the state has changed and before anybody who waits; must
     *     not block
     */
    TaskProcess(String name, ContainerProcess process, Stdio stdio, Consumer<ExitStatus> onEnd) {
        this.process = process;
        this.stdio = stdio;
        this.onEnd = onEnd;
        this.lifecycle = new ProcessLifecycle(name);
        this.state = lifecycle.state();
    }

    /** Begins to listen for the end. */
    void watch() {
        process.exit().onExit(this::ended);
    }

    /** What is so now. */
    public ProcessState state() {
        return state;
    }

    /** A pid of the host, at least 1. */
    public int pid() {
        return process.pid();
    }

    /** Its streams, exactly as they were given. */
    public Stdio stdio() {
        return stdio;
    }

    /** Its end, known only after {@link #state} tells it. */
    public Exit exit() {
        return exit;
    }

    ContainerProcess process() {
        return process;
    }

    /** Whether the request is to be carried out; see {@link ProcessLifecycle#admits}. */
    boolean admits(ProcessRequest request) {
        synchronized (lifecycle) {
            return lifecycle.admits(request);
        }
    }

    /**
     * Lets it run.
     *
     * @param onStarted tells of it, before its end is told
     */
    void start(Runnable onStarted) {
        synchronized (lifecycle) {
            lifecycle.admits(ProcessRequest.START);
            starting = true;
        }
        try {
            process.start();
            change(lifecycle::started);
            onStarted.run();
        } finally {
            startOver().ifPresent(this::end);
        }
    }

    void paused() {
        change(lifecycle::paused);
    }

    void resumed() {
        change(lifecycle::resumed);
    }

    private Optional<ExitStatus> startOver() {
        synchronized (lifecycle) {
            starting = false;
            return heldBack;
        }
    }

    private void ended(ExitStatus status) {
        synchronized (lifecycle) {
            if (starting) {
                heldBack = Optional.of(status);
                return;
            }
        }
        end(status);
    }

    private void end(ExitStatus status) {
        change(() -> lifecycle.ended(status));
        onEnd.accept(status);
        exit.complete(status);
    }

    private void change(Runnable transition) {
        synchronized (lifecycle) {
            transition.run();
            state = lifecycle.state();
        }
    }
}
