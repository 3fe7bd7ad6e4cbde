// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Descriptor;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.ProcessLifecycle;
import io.silica.sandbox.ProcessRequest;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import io.silica.wasm.engine.GuestExit;
import io.silica.wasm.engine.MemoryAllowance;
import io.silica.wasm.engine.WasmInstance;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One container: an instance, its thread, and what it may reach. Any thread may call any method;
 * none waits for the guest.
 */
final class Guest {
    private final ContainerId id;
    private final String sandbox;
    private final WasmInstance instance;
    private final GuestStdio stdio;
    private final Descriptors descriptors;
    private final MemoryAllowance memory;
    private final GuestNiceness niceness;
    private final Deadline deadline;
    private final InstantSource clock;
    private final ProcessLifecycle lifecycle;
    private final CpuClock cpu = new CpuClock();
    private final Exit exit = new Exit();
    private volatile boolean outOfMemory;
    private @Nullable Thread thread;
    private @Nullable Interruption interruption;

    /** Owns the streams and descriptors from now on. */
    Guest(
            ContainerId id,
            String sandbox,
            WasmInstance instance,
            GuestStdio stdio,
            Descriptors descriptors,
            MemoryAllowance memory,
            GuestNiceness niceness,
            Deadline deadline,
            InstantSource clock) {
        this.id = id;
        this.sandbox = sandbox;
        this.instance = instance;
        this.stdio = stdio;
        this.descriptors = descriptors;
        this.memory = memory;
        this.niceness = niceness;
        this.deadline = deadline;
        this.clock = clock;
        this.lifecycle = new ProcessLifecycle("container \"" + id + "\"");
    }

    ContainerId id() {
        return id;
    }

    /** The id of the sandbox that it is in. */
    String sandbox() {
        return sandbox;
    }

    synchronized ProcessState state() {
        return lifecycle.state();
    }

    /** Its end: by then its output is written and its streams are closed. */
    Exit exit() {
        return exit;
    }

    synchronized void start() {
        if (lifecycle.admits(ProcessRequest.START)) {
            thread = GuestThreads.start(id, this::run);
            lifecycle.started();
            deadline.begin(this::overrun);
        }
    }

    /**
     * Sends a signal. One that ends a process ends the guest; one that a process ignores unless it
     * asks for it does nothing, since no guest can ask.
     *
     * @throws SandboxException.Unsupported for a signal that would stop it
     * @throws SandboxException.NotFound if it has ended
     */
    void kill(Signal sent) {
        var effect = SignalEffect.of(sent);
        if (effect == SignalEffect.STOP) {
            throw new SandboxException.Unsupported(
                    "cannot stop container \"%s\" by signal %d: a Wasm guest can only be ended"
                            .formatted(id, sent.number()));
        }
        if (admitsKill() && effect == SignalEffect.END) {
            end(sent);
        }
    }

    private synchronized boolean admitsKill() {
        return lifecycle.admits(ProcessRequest.KILL);
    }

    private void end(Signal sent) {
        if (endUnstarted(sent)) {
            return;
        }
        var running = mark(new Interruption.BySignal(sent));
        instance.interrupt();
        // It may be on its way out, telling of a trap to a stream that nobody reads.
        running.ifPresent(Thread::interrupt);
    }

    /** One that is on its way out already is left to tell all that it has to. */
    private void overrun() {
        var _ = mark(new Interruption.ByDeadline());
        instance.interrupt();
    }

    /** The first one is the one that counts. */
    private synchronized Optional<Thread> mark(Interruption why) {
        interruption = interruption == null ? why : interruption;
        return Optional.ofNullable(thread);
    }

    /** Whether there is no thread, and never will be. */
    private boolean endUnstarted(Signal sent) {
        var status = new ExitStatus(sent.exitCode(), clock.instant());
        synchronized (this) {
            if (!(lifecycle.state() instanceof ProcessState.Created)) {
                return false;
            }
            lifecycle.ended(status);
        }
        publish(status);
        return true;
    }

    /** Lets it find the end of its standard input. */
    void closeStdin() {
        stdio.endStdin();
    }

    /** What it uses. The figures of an ended guest are those of its end. */
    Statistics statistics() {
        return new Statistics(
                clock.instant(),
                cpu.nanos(),
                memory.taken(),
                0,
                memory.limit(),
                1,
                outOfMemory ? 1 : 0);
    }

    /**
     * Changes its memory limit.
     *
     * @param bytes 0 for what is left when it asks
     * @throws SandboxException.WrongState if it has taken more, or the limit can't be that high
     *     while it runs
     */
    void limitMemory(long bytes) {
        if (bytes == 0) {
            memory.lift();
        } else if (!memory.change(bytes)) {
            throw new SandboxException.WrongState(
                    "the memory limit of container \"%s\" can't be %d: it has taken %d bytes, and can have %d at most while it runs"
                            .formatted(id, bytes, memory.taken(), memory.attainable()));
        }
    }

    /**
     * Changes the weight of its thread.
     *
     * @param cpuShares as cgroup v1 counts them
     * @throws SandboxException.WrongState if this worker may give it no more than it has
     */
    void share(long cpuShares) {
        if (!niceness.change(cpuShares)) {
            throw new SandboxException.WrongState(
                    "the CPU shares of container \"%s\" can't be %d while it runs: its worker may give it no more than it has"
                            .formatted(id, cpuShares));
        }
    }

    /** Other descriptors of its output streams, the caller's. */
    List<Descriptor> duplicateOutputs() {
        return stdio.duplicateOutputs();
    }

    /**
     * Gives up what it holds.
     *
     * @throws SandboxException.WrongState while it runs
     */
    ExitStatus delete() {
        synchronized (this) {
            lifecycle.admits(ProcessRequest.DELETE);
        }
        endUnstarted(Signal.KILL);
        return exitStatus();
    }

    private synchronized ExitStatus exitStatus() {
        return ((ProcessState.Stopped) lifecycle.state()).exit();
    }

    private void run() {
        niceness.begin();
        cpu.attach(Thread.currentThread());
        int code = code(instance.run());
        cpu.stop();
        niceness.end();
        ended(code);
    }

    private int code(GuestExit how) {
        return switch (how) {
            case GuestExit.Exited(int code) -> code;
            case GuestExit.Trapped trap -> {
                outOfMemory = trap.outOfMemory();
                TrapReport.write(trap, stdio.stderr());
                yield TrapReport.EXIT_CODE;
            }
            case GuestExit.Interrupted _ -> interrupted();
        };
    }

    private int interrupted() {
        return switch (interruption()) {
            case Interruption.BySignal(Signal signal) -> signal.exitCode();
            case Interruption.ByDeadline _ -> {
                deadline.report(stdio.stderr());
                yield Deadline.EXIT_CODE;
            }
        };
    }

    private synchronized Interruption interruption() {
        return interruption == null ? new Interruption.BySignal(Signal.KILL) : interruption;
    }

    private void ended(int code) {
        var status = new ExitStatus(code, clock.instant());
        // First of all: who knows of the end finds all of the output.
        stdio.awaitReaders();
        release();
        synchronized (this) {
            lifecycle.ended(status);
            // Not before the start is through, which has begun it.
            deadline.end();
        }
        publish(status);
    }

    private void publish(ExitStatus status) {
        release();
        exit.complete(status);
    }

    /** The next container may want the same port, its memory, or the volume be unmounted. */
    private void release() {
        stdio.close();
        descriptors.close();
        memory.release();
    }
}
