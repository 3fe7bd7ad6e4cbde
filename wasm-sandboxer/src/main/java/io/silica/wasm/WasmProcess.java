// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** The one process of a container: a guest in a worker, whose pid stands for it. */
final class WasmProcess implements ContainerProcess {
    /** The exit code that a worker has for a trap. */
    private static final int TRAPPED = 134;

    private static final Duration REDIAL_PAUSE = Duration.ofMillis(50);

    private final ContainerId id;
    private final Worker worker;
    private final TaskClient task;
    private final InstantSource clock;
    private final ContainerObserver observer;
    private final Runnable onDelete;
    private final Exit exit;
    private final Exit.Registration death;
    private volatile Statistics last;

    /**
     * Preconditions: the task has been created.
     *
     * @param known how it has ended, if it has
     * @param observer hears that it ended for lack of memory, before its end is known
     * @param onDelete called at each {@link #delete}
     */
    WasmProcess(
            ContainerId id,
            Worker worker,
            TaskClient task,
            InstantSource clock,
            Optional<ExitStatus> known,
            ContainerObserver observer,
            Runnable onDelete) {
        this.id = id;
        this.worker = worker;
        this.task = task;
        this.clock = clock;
        this.observer = observer;
        this.onDelete = onDelete;
        this.exit = known.map(Exit::of).orElseGet(Exit::new);
        this.last = Statistics.none(clock.instant());
        known.ifPresent(this::tellLack);
        this.death = worker.death().onExit(this::endedWithWorker);
        if (known.isEmpty()) {
            Thread.ofVirtual().name("wasm-wait-" + id).start(this::await);
        }
    }

    /** A connection that is lost is made again for as long as the worker lives. */
    private void await() {
        while (exit.status().isEmpty() && !worker.isClosed()) {
            try {
                ended(task.await());
            } catch (SandboxException.NotFound _) {
                exit.complete(new ExitStatus(ExitStatus.UNKNOWN, clock.instant()));
            } catch (SandboxException _) {
                pause();
            }
        }
    }

    private void ended(ExitStatus status) {
        tellLack(status);
        exit.complete(status);
    }

    /** Only a trap can be for lack of memory: a guest that is not given any may go on without. */
    private void tellLack(ExitStatus status) {
        try {
            if (status.code() == TRAPPED && task.statistics(clock.instant()).oomKills() > 0) {
                observer.outOfMemory();
            }
        } catch (SandboxException _) {
            // It was deleted meanwhile, or its worker ended: then nobody can tell any more.
        }
    }

    private void endedWithWorker(ExitStatus status) {
        if (worker.wasOutOfMemory() && exit.status().isEmpty()) {
            observer.outOfMemory();
        }
        exit.complete(status);
    }

    private static void pause() {
        try {
            Thread.sleep(REDIAL_PAUSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** What runs it. */
    Worker worker() {
        return worker;
    }

    @Override
    public int pid() {
        return worker.pid();
    }

    /** The start of a daemon that died may have come through. */
    @Override
    public void start() {
        try {
            task.start();
        } catch (SandboxException.WrongState e) {
            if (!task.hasStarted()) {
                throw e;
            }
        }
    }

    /** A guest has no other process than this one. */
    @Override
    public void kill(Signal signal, boolean all) {
        if (!worker.isAlive()) {
            throw new SandboxException.NotFound(
                    "container \"%s\" has ended with its worker".formatted(id));
        }
        task.kill(signal);
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public void resize(int columns, int rows) {
        throw new SandboxException.Unsupported(
                "container \"%s\" has no terminal: Wasm guests have none".formatted(id));
    }

    @Override
    public void closeStdin() {
        if (worker.isAlive()) {
            task.closeStdin();
        }
    }

    @Override
    public void delete() {
        try {
            if (worker.isAlive()) {
                task.delete();
            }
        } catch (SandboxException.NotFound | SandboxException.Unavailable _) {
            // It was done before, or the worker is about to be gone with it.
            exit.complete(new ExitStatus(ExitStatus.UNKNOWN, clock.instant()));
        }
        death.close();
        onDelete.run();
    }

    /**
     * Changes its memory limit.
     *
     * @param bytes 0 for none
     */
    void limitMemory(long bytes) {
        task.limitMemory(bytes);
    }

    /** Changes the weight of its thread, as cgroup v1 counts it. */
    void share(long cpuShares) {
        task.share(cpuShares);
    }

    /** The last ones that there are: a worker that has gone answers no more. */
    Statistics statistics() {
        if (worker.isAlive()) {
            last = task.statistics(clock.instant());
        }
        return last;
    }
}
