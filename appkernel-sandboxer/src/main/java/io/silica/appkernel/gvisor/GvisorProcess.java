// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.appkernel.kernel.KernelProcess;
import io.silica.linux.Descriptor;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.Failpoint;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a container's first process and an added one have in common: they are created, started, and
 * waited for by a call to the sentry that is held open.
 */
abstract class GvisorProcess implements KernelProcess {
    private static final System.Logger LOG = System.getLogger(GvisorProcess.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int SIGNAL_BITS = 0x7f;

    private final String name;
    private final Optional<Terminal> terminal;
    private final Sentry sentry;
    private final Runnable onDelete;
    private final Object starting = new Object();
    private final Exit exit = new Exit();
    private final Exit.Registration death;
    private Optional<ContainerObserver> observer = Optional.empty();
    private Optional<ExitStatus> untold = Optional.empty();
    private Optional<Descriptor> input = Optional.empty();
    private volatile OptionalLong killsWhenKilled = OptionalLong.empty();
    private volatile boolean started;
    private boolean endedBeforeStart;
    private boolean letGo;
    private @Nullable Thread waiting;

    /**
     * @param name what messages call it
     * @param terminal its, if it has one
     * @param onDelete called at each delete
     */
    GvisorProcess(String name, Optional<Terminal> terminal, Sentry sentry, Runnable onDelete) {
        this.name = name;
        this.terminal = terminal;
        this.sentry = sentry;
        this.onDelete = onDelete;
        this.death = sentry.death().onExit(this::complete);
    }

    /** Finds its streams. */
    abstract GuestStreams streams();

    /** Starts it; gives what keeps its input open. */
    abstract Optional<Descriptor> startNow(GuestStreams streams);

    /** Starts it in its terminal. */
    abstract void startNow(Terminal terminal, GuestStreams streams);

    /** Waits for its end; gives the status as wait(2) has it. */
    abstract int awaitStatus();

    /** Sends a signal to it. */
    abstract void signalNow(Signal signal, boolean all);

    /** It has ended; called before that is told. */
    abstract void ended();

    /** Lets a sentry that lives forget it. */
    abstract void deleteNow();

    final String name() {
        return name;
    }

    final Sentry sentry() {
        return sentry;
    }

    @Override
    public final ProcessState state() {
        return exit.status().<ProcessState>map(ProcessState.Stopped::new).orElseGet(this::living);
    }

    private ProcessState living() {
        if (!started) {
            return new ProcessState.Created();
        }
        return sentry.freeze().isFrozen() ? new ProcessState.Paused() : new ProcessState.Running();
    }

    /** Who hears from now on that it was killed for want of memory, and of an end before that. */
    final void observer(ContainerObserver hears) {
        Optional<ExitStatus> missed;
        synchronized (this) {
            observer = Optional.of(hears);
            missed = untold;
            untold = Optional.empty();
        }
        missed.ifPresent(this::tellIfOutOfMemory);
    }

    private void complete(ExitStatus status) {
        if (exit.status().isEmpty()) {
            if (started) {
                tellIfOutOfMemory(status);
            }
            exit.complete(status);
        }
    }

    /** Nothing that fails here takes the end itself away. */
    private void tellIfOutOfMemory(ExitStatus status) {
        try {
            if (status.code() == Signal.KILL.exitCode()) {
                hearing(status)
                        .ifPresent(it -> sentry.ifOutOfMemory(killsWhenKilled, it::outOfMemory));
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, name + ": cannot tell whether it ran out of memory", e);
        }
    }

    /** Who hears of an end; it is kept for whoever comes if there is nobody yet. */
    private synchronized Optional<ContainerObserver> hearing(ExitStatus status) {
        if (observer.isEmpty()) {
            untold = Optional.of(status);
        }
        return observer;
    }

    /** The Wait is open before this returns: once the process is deleted nobody knows its end. */
    @Override
    public final void start() {
        synchronized (starting) {
            if (!started && exit.status().isEmpty()) {
                sentry.freeze().whileRunning("start " + name, this::startAndWait);
                endIfTold();
            }
        }
    }

    private void startAndWait() {
        keep(startNow());
        begun();
    }

    private Optional<Descriptor> startNow() {
        try (var streams = streams()) {
            Failpoint.at("gvisor.process.streams");
            if (terminal.isEmpty()) {
                return startNow(streams);
            }
            startNow(terminal.get(), streams);
            return Optional.empty();
        } catch (SandboxException e) {
            terminal.ifPresent(Terminal::remove);
            throw e;
        }
    }

    private synchronized void keep(Optional<Descriptor> opened) {
        if (letGo) {
            opened.ifPresent(Descriptor::close);
            return;
        }
        input = opened;
    }

    /** It was started, now or by an earlier life of the daemon. */
    final synchronized void begun() {
        started = true;
        if (!letGo) {
            waiting = Thread.ofVirtual().name("gvisor-wait " + name).start(this::await);
        }
    }

    /** It ended while nobody looked. */
    final void endedUnseen(ExitStatus status) {
        tellIfOutOfMemory(status);
        exit.complete(status);
    }

    /** A connection that is lost is made again for as long as the sentry lives. */
    private void await() {
        while (exit.status().isEmpty()) {
            try {
                int status = awaitStatus();
                ended();
                terminal.ifPresent(Terminal::finish);
                complete(new ExitStatus(code(status), InstantSource.system().instant()));
            } catch (SandboxException.NotFound _) {
                exit.complete(new ExitStatus(ExitStatus.UNKNOWN, InstantSource.system().instant()));
            } catch (SandboxException.Cancelled _) {
                return;
            } catch (SandboxException _) {
                if (!pause()) {
                    return;
                }
            }
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }

    /** What a shell makes of a status of wait(2). */
    static int code(int status) {
        int signal = status & SIGNAL_BITS;
        return signal == 0 ? status >> 8 & 0xff : new Signal(signal).exitCode();
    }

    @Override
    public final void signal(Signal signal, boolean all) {
        if (exit.status().isPresent()) {
            throw new SandboxException.NotFound(name + " has ended");
        }
        if (isStartedFor(signal)) {
            if (signal.equals(Signal.KILL) && killsWhenKilled.isEmpty()) {
                killsWhenKilled = OptionalLong.of(sentry.memoryKills());
            }
            signalNow(signal, all);
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
            signalNow(Signal.KILL, true);
        } catch (SandboxException e) {
            LOG.log(
                    Level.WARNING,
                    "{0}, which was ended before it had started, may live on: {1}",
                    name,
                    e.getMessage());
        }
    }

    @Override
    public final Exit exit() {
        return exit;
    }

    @Override
    public final void resize(int columns, int rows) {
        var resized =
                terminal.orElseThrow(
                        () -> new SandboxException.Unsupported(name + " has no terminal"));
        synchronized (starting) {
            if (!started) {
                resized.keepSize(columns, rows);
                return;
            }
        }
        resized.resize(columns, rows);
    }

    @Override
    public final synchronized void closeStdin() {
        input.ifPresent(Descriptor::close);
        input = Optional.empty();
    }

    @Override
    public final void delete() {
        // A start that is under way is over before.
        synchronized (starting) {
            if (sentry.isAlive()) {
                deleteNow();
            }
        }
        letGo();
        terminal.ifPresent(Terminal::remove);
        onDelete.run();
    }

    /** Waits for its end no longer. */
    final synchronized void letGo() {
        letGo = true;
        death.close();
        closeStdin();
        if (waiting != null) {
            waiting.interrupt();
        }
    }
}
