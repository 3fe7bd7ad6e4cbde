// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.AdoptedProcess;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.ProcessLifecycle;
import io.silica.sandbox.ProcessRequest;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Stdio;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A process as containerd sees it: the kind's process and what is so with it. One of an earlier
 * life of the daemon is answered for from its record until the kind has found it again.
 *
 * <p>An end is taken note of at once, on whatever thread tells of it, before anybody who waits is
 * answered: a State that follows a Wait never says "running". Only an end that overtakes its own
 * start is held back until that is told.
 */
public final class TaskProcess {
    private final Reached<ContainerProcess> process;
    private final int formerPid;
    private final Stdio stdio;
    private final ProcessLifecycle lifecycle;
    private final Consumer<ExitStatus> onEnd;
    private final Exit exit = new Exit();
    private volatile ProcessState state;
    private boolean starting;
    private Optional<ExitStatus> heldBack = Optional.empty();

    /**
     * One that was made.
     *
     * @param name what messages call it
     * @param onEnd hears of the end after the state has changed and before anybody who waits; must
     *     not block
     */
    TaskProcess(String name, ContainerProcess process, Stdio stdio, Consumer<ExitStatus> onEnd) {
        this(
                Reached.now(process),
                new FormerProcess(0, stdio, new ProcessState.Created()),
                name,
                onEnd);
    }

    /**
     * One of an earlier life.
     *
     * @param patience how long a request waits until it has been found again
     * @param onEnd hears of an end that the record does not know
     */
    TaskProcess(String name, FormerProcess former, Duration patience, Consumer<ExitStatus> onEnd) {
        this(Reached.later(name, patience), former, name, onEnd);
        if (former.state() instanceof ProcessState.Stopped(ExitStatus status)) {
            exit.complete(status);
        }
    }

    private TaskProcess(
            Reached<ContainerProcess> process,
            FormerProcess former,
            String name,
            Consumer<ExitStatus> onEnd) {
        this.process = process;
        this.formerPid = former.pid();
        this.stdio = former.stdio();
        this.onEnd = onEnd;
        this.lifecycle = new ProcessLifecycle(name, former.state());
        this.state = lifecycle.state();
    }

    /** Begins to listen for the end. */
    void watch() {
        process().exit().onExit(this::ended);
    }

    /**
     * It was found again; only the first time counts.
     *
     * @param onChange hears, before an end is told, what the record says and what is so instead
     */
    void found(AdoptedProcess found, BiConsumer<ProcessState, ProcessState> onChange) {
        ProcessState recorded = state;
        if (!(found.state() instanceof ProcessState.Stopped)) {
            change(() -> lifecycle.found(found.state()));
        }
        process.is(found.process());
        if (!state.equals(recorded)) {
            onChange.accept(recorded, state);
        }
        watch();
    }

    /** Nothing of it is left. */
    void gone(ExitStatus status) {
        var remains = new EndedProcess(pid(), exit.status().orElse(status));
        found(new AdoptedProcess(remains, new ProcessState.Stopped(status)), (_, _) -> {});
    }

    /** What is so now. */
    public ProcessState state() {
        return state;
    }

    /** A pid of the host, at least 1. */
    public int pid() {
        return process.known().map(ContainerProcess::pid).orElse(formerPid);
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
        return process.get();
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
            process().start();
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
        boolean first;
        synchronized (lifecycle) {
            first = !(state instanceof ProcessState.Stopped);
            lifecycle.ended(status);
            state = lifecycle.state();
        }
        if (first) {
            onEnd.accept(status);
        }
        exit.complete(status);
    }

    private void change(Runnable transition) {
        synchronized (lifecycle) {
            transition.run();
            state = lifecycle.state();
        }
    }
}
