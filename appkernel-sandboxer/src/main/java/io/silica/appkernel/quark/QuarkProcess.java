// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.appkernel.kernel.KernelProcess;
import io.silica.proto.containerd.task.Status;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A process of a container: its first one, or one that was added. Until it is started Quark knows
 * nothing of it; from then on a call that waits for its end is held open.
 */
final class QuarkProcess implements KernelProcess {
    private static final System.Logger LOG = System.getLogger(QuarkProcess.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final String name;
    private final ContainerId container;
    private final Optional<ExecId> exec;
    private final ProcessRecord record;
    private final QuarkTools tools;
    private final QuarkPod pod;
    private final QuarkTask task;
    private final Runnable onDelete;
    private final Object starting = new Object();
    private final Exit exit = new Exit();
    private final Exit.Registration death;
    private Optional<HeldStreams> streams = Optional.empty();
    private boolean isKnown;

    /** Whether Quark may know it: an answer can be lost. */
    private boolean mayBeKnown;

    private volatile boolean started;
    private boolean endedBeforeStart;
    private boolean letGo;
    private @Nullable Thread waiting;

    /**
     * Preconditions: its record is complete.
     *
     * @param exec empty for the first one
     * @param onDelete called at each delete
     */
    QuarkProcess(
            ContainerId container,
            Optional<ExecId> exec,
            ProcessRecord record,
            QuarkTools tools,
            QuarkPod pod,
            Runnable onDelete) {
        var owner = "container \"%s\"".formatted(container);
        this.name = exec.map(it -> "process \"%s\" of %s".formatted(it, owner)).orElse(owner);
        this.container = container;
        this.exec = exec;
        this.record = record;
        this.tools = tools;
        this.pod = pod;
        this.task = new QuarkTask(pod.socket(), container, exec);
        this.onDelete = onDelete;
        this.death = pod.death().onExit(exit::complete);
    }

    /** What files of its streams begin with. */
    static String prefix(Optional<ExecId> exec) {
        return exec.map(it -> it + "-").orElse("");
    }

    /** Finds out what is so with one of an earlier life of the daemon. */
    void find() {
        var status = task.status();
        isKnown = status.isPresent();
        mayBeKnown = isKnown;
        if (status.isEmpty() && record.hasStarted()) {
            // It was being deleted: what it had to tell was told.
            endedUnseen();
        } else if (status.filter(it -> it != Status.CREATED).isPresent()) {
            found(status.get());
        }
    }

    private void found(Status status) {
        if (status == Status.STOPPED) {
            started = true;
            exit.complete(task.end());
            return;
        }
        keepOutput();
        begun();
    }

    /** Whoever reads it may have taken it away meanwhile. */
    private void keepOutput() {
        try {
            keep(
                    tools.host()
                            .call(
                                    "open the streams of " + name,
                                    () -> HeldStreams.ofOutput(name, record.stdio()),
                                    HeldStreams::close));
        } catch (SandboxException.InvalidArgument e) {
            LOG.log(Level.WARNING, "{0} goes on without us: {1}", name, e.getMessage());
        }
    }

    private void endedUnseen() {
        exit.complete(new ExitStatus(ExitStatus.UNKNOWN, InstantSource.system().instant()));
    }

    @Override
    public ProcessState state() {
        return exit.status()
                .<ProcessState>map(ProcessState.Stopped::new)
                .orElseGet(() -> started ? new ProcessState.Running() : new ProcessState.Created());
    }

    @Override
    public void start() {
        synchronized (starting) {
            if (!started && exit.status().isEmpty()) {
                startNow();
                record.noteStarted();
                begun();
                endIfTold();
            }
        }
    }

    private void startNow() {
        var stdio = record.stdio();
        var opened =
                tools.host()
                        .call(
                                "open the streams of " + name,
                                () -> HeldStreams.open(name, stdio),
                                HeldStreams::close);
        try {
            if (!isKnown) {
                mayBeKnown = true;
                makeKnown(shown(stdio));
                isKnown = true;
            }
            task.start();
            keep(opened);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void makeKnown(Stdio shown) {
        if (exec.isPresent()) {
            task.add(record.process(), shown);
        } else {
            task.create(shown);
        }
    }

    /** Its streams as Quark finds them. */
    private Stdio shown(Stdio stdio) {
        return new Stdio(
                shown(stdio.stdin(), "stdin"),
                shown(stdio.stdout(), "stdout"),
                shown(stdio.stderr(), "stderr"),
                stdio.terminal());
    }

    private String shown(String stream, String stdName) {
        return stream.isEmpty() ? "" : "/" + container + "/" + prefix(exec) + stdName;
    }

    private synchronized void keep(HeldStreams opened) {
        if (letGo) {
            opened.close();
            return;
        }
        streams = Optional.of(opened);
    }

    /** It was started, now or by an earlier life of the daemon. */
    private synchronized void begun() {
        started = true;
        if (!letGo) {
            waiting = Thread.ofVirtual().name("quark-wait " + name).start(this::await);
        }
    }

    /** A connection that is lost is made again for as long as the sandbox lives. */
    private void await() {
        while (exit.status().isEmpty()) {
            try {
                exit.complete(task.await());
            } catch (SandboxException.NotFound | SandboxException.Failed _) {
                endedUnseen();
            } catch (SandboxException.Cancelled _) {
                return;
            } catch (SandboxException _) {
                if (!pause() || isOver()) {
                    return;
                }
            }
        }
    }

    /** Whether nobody will answer any more. */
    private synchronized boolean isOver() {
        return letGo || !pod.process().isAlive();
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }

    @Override
    public void signal(Signal signal, boolean all) {
        if (exit.status().isPresent()) {
            throw new SandboxException.NotFound(name + " has ended");
        }
        if (isStartedFor(signal)) {
            task.kill(signal, all);
        } else if (signal.number() != 0) {
            exit.complete(new ExitStatus(signal.exitCode(), InstantSource.system().instant()));
        }
    }

    /** Where it is not, the signal is its end; a start that is under way is told. */
    private synchronized boolean isStartedFor(Signal signal) {
        if (!started && signal.number() != 0) {
            endedBeforeStart = true;
        }
        return started;
    }

    /** Its end was told while it was being started. */
    private void endIfTold() {
        synchronized (this) {
            if (!endedBeforeStart) {
                return;
            }
        }
        try {
            task.kill(Signal.KILL, true);
            var _ = task.end();
        } catch (SandboxException e) {
            LOG.log(
                    Level.WARNING,
                    "{0}, which was ended before it had started, may live on: {1}",
                    name,
                    e.getMessage());
        }
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public void resize(int columns, int rows) {
        throw new SandboxException.Unsupported(name + " has no terminal");
    }

    @Override
    public synchronized void closeStdin() {
        streams.ifPresent(HeldStreams::closeInput);
    }

    @Override
    public void delete() {
        synchronized (starting) {
            if (mayBeKnown && pod.process().isAlive()) {
                task.delete();
                mayBeKnown = false;
                isKnown = false;
            }
        }
        letGo();
        onDelete.run();
    }

    /** Waits for its end no longer. */
    synchronized void letGo() {
        letGo = true;
        death.close();
        streams.ifPresent(HeldStreams::close);
        if (waiting != null) {
            waiting.interrupt();
        }
    }
}
