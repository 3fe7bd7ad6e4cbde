// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * The state machine of one process: a plain object, changed by one thread at a time. Its {@link
 * #state} is immutable and may be handed to anybody.
 */
public final class ProcessLifecycle {
    private final String name;
    private ProcessState state;

    /**
     * A process that was made.
     *
     * @param name what messages call it: {@code container "x"}
     */
    public ProcessLifecycle(String name) {
        this(name, new ProcessState.Created());
    }

    /** A process that a record tells of. */
    public ProcessLifecycle(String name, ProcessState state) {
        this.name = name;
        this.state = state;
    }

    /** What is so now. */
    public ProcessState state() {
        return state;
    }

    /**
     * Whether a request is to be carried out now; false if it is done already.
     *
     * @throws SandboxException as {@link ProcessRules} refuses it
     */
    public boolean admits(ProcessRequest request) {
        return ProcessRules.answer(state, request)
                .admits(request.verb() + " " + name, state.label());
    }

    /** It runs now; an end that was faster stays. */
    public void started() {
        move(new ProcessState.Running(), state instanceof ProcessState.Created);
    }

    /** It is frozen now; an end that was faster stays. */
    public void paused() {
        move(new ProcessState.Paused(), state instanceof ProcessState.Running);
    }

    /** It goes on now; an end that was faster stays. */
    public void resumed() {
        move(new ProcessState.Running(), state instanceof ProcessState.Paused);
    }

    /** It was found in this state; an end that is known already stays. */
    public void found(ProcessState now) {
        if (!(state instanceof ProcessState.Stopped)) {
            state = now;
        }
    }

    /** It has ended; only the first end counts. */
    public void ended(ExitStatus exit) {
        if (!(state instanceof ProcessState.Stopped)) {
            state = new ProcessState.Stopped(exit);
        }
    }

    private void move(ProcessState next, boolean legal) {
        if (legal) {
            state = next;
        } else if (!(state instanceof ProcessState.Stopped)) {
            throw new IllegalStateException(
                    name + " cannot go from " + state.label() + " to " + next.label());
        }
    }
}
