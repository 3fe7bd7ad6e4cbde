// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.kernel;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import java.util.Map;

/** A container on an application kernel. Every method but {@link #id} may block on the kernel. */
public interface KernelContainer {
    /** Its identifier. */
    ContainerId id();

    /** Its first process; deleting that deletes the container. */
    KernelProcess init();

    /** Adds a process that waits for its start. */
    KernelProcess exec(ExecConfig config);

    /** Those that were added and not deleted. */
    Map<ExecId, KernelProcess> execs();

    /** What it has used, now; after its end the last there was. */
    Statistics statistics();

    /** Who hears from now on that it was killed for want of memory, before its end is told. */
    void observer(ContainerObserver hears);

    /**
     * Changes what it may use.
     *
     * @throws SandboxException.Unsupported if nothing could enforce it
     */
    void update(Resources resources);

    /**
     * Stops it where it is, until {@link #resume}; one that is paused stays so. A kill ends it.
     *
     * @throws SandboxException.Unsupported if it cannot be paused without others
     */
    void pause();

    /** Lets it go on; one that runs goes on running. */
    void resume();
}
