// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.sandbox.Exit;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import org.jspecify.annotations.Nullable;

/**
 * A process of a container: the first one, or one that exec added. It is kept until it is deleted.
 *
 * <p>Safe for use by any thread; only its container changes it, in order.
 */
public final class GuestProcess {
    private final String label;
    private final String execId;
    private final Reaper reaper;
    private final ProcessStreams streams;
    private final Exit exit = new Exit();
    private volatile int pid;
    private volatile boolean started;

    GuestProcess(String label, String execId, Reaper reaper, ProcessStreams streams) {
        this.label = label;
        this.execId = execId;
        this.reaper = reaper;
        this.streams = streams;
    }

    /** Empty for the first one. */
    public String execId() {
        return execId;
    }

    public ProcessStreams streams() {
        return streams;
    }

    /** Its end, once. */
    public Exit exit() {
        return exit;
    }

    /** In the machine; 0 as long as there is no such process. */
    public int pid() {
        return pid;
    }

    /** What is so with it; whether its container is frozen is not asked here. */
    public ProcessState state() {
        var ended = exit.status().orElse(null);
        if (ended != null) {
            return new ProcessState.Stopped(ended);
        }
        return started ? new ProcessState.Running() : new ProcessState.Created();
    }

    /** It is there, and its end will be known. */
    void exists(int itsPid, Exit itsExit) {
        pid = itsPid;
        var _ = itsExit.onExit(exit::complete);
    }

    void isStarted() {
        started = true;
    }

    /**
     * Sends a signal.
     *
     * @throws SandboxException.WrongState if there is no such process yet
     * @throws SandboxException.NotFound if it has ended, which is what containerd expects
     */
    void signal(Signal signal) {
        if (pid == 0) {
            throw new SandboxException.WrongState(label + " cannot be signalled before its start");
        }
        if (!reaper.signal(pid, signal.number())) {
            throw new SandboxException.NotFound(label + " has ended");
        }
    }

    /**
     * Says how large its terminal is.
     *
     * @throws SandboxException.WrongState if it has none
     */
    public void resize(int columns, int rows) {
        streams.resize(columns, rows);
    }

    @Nullable String notDeletable() {
        return state() instanceof ProcessState.Running
                ? label + " cannot be deleted while it runs"
                : null;
    }
}
