// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.proto.containerd.task.Status;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import io.silica.vmm.agent.Agent;
import io.silica.vmm.agent.GuestTask;
import io.silica.vmm.hypervisor.Machine;
import io.silica.vmm.stdio.ProcessStreams;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A process of a {@link VmmContainer}; the pid of its machine stands for it. */
final class VmmProcess implements ContainerProcess {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Agent agent;
    private final Machine machine;
    private final GuestTask task;
    private final ProcessStreams streams;
    private final Exit exit;
    private BooleanSupplier hasRunOutOfMemory = () -> false;
    private ContainerObserver observer = () -> {};
    private Runnable onDelete = () -> {};
    private volatile boolean letGo;
    private boolean starting;
    private boolean neverStarts;
    private @Nullable Thread waiting;

    private VmmProcess(
            Agent agent, Machine machine, GuestTask task, ProcessStreams streams, Exit exit) {
        this.agent = agent;
        this.machine = machine;
        this.task = task;
        this.streams = streams;
        this.exit = exit;
    }

    /**
     * Makes one: its streams are open first, for containerd waits for the other ends.
     *
     * @param make makes it in the guest
     */
    static VmmProcess create(
            PodTools pod,
            Agent agent,
            Machine machine,
            GuestTask task,
            Stdio stdio,
            Runnable make) {
        var streams = pod.open(agent, task, stdio, true);
        try {
            make.run();
            return new VmmProcess(agent, machine, task, streams, new Exit());
        } catch (RuntimeException e) {
            streams.end();
            throw e;
        }
    }

    /**
     * One that an earlier life of the daemon made.
     *
     * @param known how it ended, if that was told
     */
    static VmmProcess find(
            PodTools pod,
            Agent agent,
            Machine machine,
            GuestTask task,
            Stdio stdio,
            Optional<ExitStatus> known) {
        var streams =
                known.isPresent() ? ProcessStreams.none() : pod.open(agent, task, stdio, false);
        return new VmmProcess(
                agent, machine, task, streams, known.map(Exit::of).orElseGet(Exit::new));
    }

    /** Before it begins: who hears that it was killed for lack of memory. */
    void onOutOfMemory(BooleanSupplier happened, ContainerObserver hears) {
        hasRunOutOfMemory = happened;
        observer = hears;
    }

    /** Before it begins: what is called at each delete. */
    void onDelete(Runnable called) {
        onDelete = called;
    }

    /** The guest has it: carries its streams and waits for its end from now on. */
    synchronized void begin() {
        if (exit.status().isEmpty() && !letGo) {
            streams.begin();
            waiting = Thread.ofVirtual().name("vmm-wait " + task.name()).start(this::await);
        }
    }

    /** A connection that is lost is made again for as long as the machine lives. */
    private void await() {
        while (!letGo && exit.status().isEmpty()) {
            try {
                ended(task.await());
            } catch (SandboxException.NotFound _) {
                ended(new ExitStatus(ExitStatus.UNKNOWN, InstantSource.system().instant()));
            } catch (SandboxException.Unavailable | SandboxException.TimedOut _) {
                if (!agent.awaitAgain()) {
                    machine.exit().status().ifPresent(this::endedWithMachine);
                    return;
                }
                // The connection may be there, and it is the guest that says so.
                if (!pause()) {
                    return;
                }
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

    private void endedWithMachine(ExitStatus status) {
        ended(new ExitStatus(Signal.KILL.exitCode(), status.at()));
    }

    /** It is told when its output is where containerd reads it, and the streams are closed. */
    private void ended(ExitStatus status) {
        if (status.code() == Signal.KILL.exitCode() && ranOutOfMemory()) {
            observer.outOfMemory();
        }
        try {
            streams.awaitDrained();
        } catch (InterruptedException _) {
            // Somebody has given the rest up, or the next daemon goes on with it.
        }
        if (!letGo) {
            streams.end();
            exit.complete(status);
        }
    }

    private boolean ranOutOfMemory() {
        try {
            return hasRunOutOfMemory.getAsBoolean();
        } catch (SandboxException _) {
            return false;
        }
    }

    @Override
    public int pid() {
        return machine.pid();
    }

    /** The start of a daemon that died may have come through. */
    @Override
    public void start() {
        beginStart();
        try {
            task.start();
        } catch (SandboxException.WrongState e) {
            if (task.status() == Status.CREATED) {
                throw e;
            }
        } finally {
            endStart();
        }
    }

    private synchronized void beginStart() {
        if (neverStarts) {
            throw new SandboxException.WrongState(task.name() + " was killed before its start");
        }
        starting = true;
    }

    private synchronized void endStart() {
        starting = false;
    }

    /** Whether it is not being started, and never will be from now on. */
    private synchronized boolean refuseStart() {
        neverStarts |= !starting;
        return neverStarts;
    }

    @Override
    public void kill(Signal signal, boolean all) {
        if (exit.status().isPresent() || machine.exit().status().isPresent()) {
            throw new SandboxException.NotFound(task.name() + " has ended");
        }
        try {
            task.kill(signal, all);
        } catch (SandboxException.NotFound e) {
            if (signal.equals(Signal.KILL)) {
                giveUpRest();
            }
            throw e;
        } catch (SandboxException.WrongState e) {
            if (!signal.equals(Signal.KILL) || !endsBeforeStart()) {
                throw e;
            }
        }
    }

    /** One that was added and not started is nothing that a signal can reach: only we know it. */
    private boolean endsBeforeStart() {
        if (task.execId().isEmpty() || !refuseStart() || task.status() != Status.CREATED) {
            return false;
        }
        streams.end();
        exit.complete(new ExitStatus(Signal.KILL.exitCode(), InstantSource.system().instant()));
        return true;
    }

    /**
     * Ends it by force, with all of its container.
     *
     * @throws SandboxException if the guest does not do so within that time
     */
    void kill(Duration patience) {
        try {
            task.kill(Signal.KILL, true, patience);
        } catch (SandboxException.NotFound | SandboxException.WrongState _) {
            // It has ended.
        }
    }

    /** It has ended, and what it wrote waits for somebody to read it. */
    private synchronized void giveUpRest() {
        if (waiting != null) {
            waiting.interrupt();
        }
    }

    /** Waits for its end to be told, which has come; what nobody reads meanwhile is given up. */
    void awaitEnd(Duration patience) {
        var told = new CountDownLatch(1);
        try (var _ = exit.onExit(_ -> told.countDown())) {
            if (!told.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                giveUpRest();
                var _ = told.await(patience.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public void resize(int columns, int rows) {
        task.resize(columns, rows);
    }

    @Override
    public void closeStdin() {
        streams.endInput();
    }

    @Override
    public void delete() {
        if (machine.exit().status().isEmpty()) {
            forget();
        }
        stopWaiting();
        streams.end();
        onDelete.run();
    }

    /**
     * A start that nobody waited for any more may have come through since, in an earlier life of
     * the daemon perhaps.
     */
    private void forget() {
        try {
            task.delete();
        } catch (SandboxException.WrongState _) {
            task.discard();
        }
    }

    /** Waits for its end no longer; its streams are the next daemon's. */
    void letGo() {
        stopWaiting();
        streams.letGo();
    }

    private synchronized void stopWaiting() {
        letGo = true;
        if (waiting != null) {
            waiting.interrupt();
        }
    }
}
