// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.time.Instant;

/**
 * The state machine of one sandbox: a plain object, changed by one thread at a time (the sandbox's
 * driver). Its {@link #state} is immutable and may be handed to anybody.
 */
public final class SandboxLifecycle {
    private final SandboxId id;
    private SandboxState state;

    /** A sandbox that was prepared, or that a record tells of. */
    public SandboxLifecycle(SandboxId id, SandboxState state) {
        this.id = id;
        this.state = state;
    }

    /** What is so now. */
    public SandboxState state() {
        return state;
    }

    /**
     * Whether a request is to be carried out now; false if it is done already.
     *
     * @throws SandboxException as {@link SandboxRules} refuses it
     */
    public boolean admits(SandboxRequest request) {
        return SandboxRules.admits(id, state, request);
    }

    /**
     * The boundary is up.
     *
     * @throws IllegalStateException if no start was due
     */
    public void started(int pid, Instant at) {
        if (!(state instanceof SandboxState.Created)) {
            throw new IllegalStateException(
                    "sandbox \"" + id + "\" was started in state " + state.label());
        }
        state = new SandboxState.Running(pid, at);
    }

    /**
     * The boundary is down. Only the first end counts: a stop that meets an end on its way changes
     * nothing.
     */
    public void ended(ExitStatus exit) {
        if (!(state instanceof SandboxState.Stopped)) {
            state = new SandboxState.Stopped(exit);
        }
    }
}
