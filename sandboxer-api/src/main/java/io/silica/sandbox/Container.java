// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.List;

/**
 * A container that a kind made. Every method but {@link #init} and {@link #pids} may block on the
 * kind's agent.
 */
public interface Container {
    /** Its first process, whose end is the container's. */
    ContainerProcess init();

    /**
     * Adds a process, not yet started.
     *
     * @throws SandboxException.Unsupported if the kind can't
     */
    ContainerProcess exec(ExecConfig config);

    /** What it has used, now. */
    Statistics statistics();

    /** Its processes as the host sees them: at least one while it lives. Does not block. */
    List<Integer> pids();

    /**
     * Changes its limits.
     *
     * @throws SandboxException.Unsupported if the kind can't
     */
    void update(Resources resources);

    /**
     * Freezes it.
     *
     * @throws SandboxException.Unsupported if the kind can't
     */
    void pause();

    /**
     * Lets it go on.
     *
     * @throws SandboxException.Unsupported if the kind can't
     */
    void resume();
}
