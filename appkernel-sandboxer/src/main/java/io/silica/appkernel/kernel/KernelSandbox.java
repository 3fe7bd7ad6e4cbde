// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.kernel;

import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.Exit;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Statistics;
import java.util.List;
import java.util.Optional;

/**
 * One sandbox's kernel. One thread at a time calls what changes it; {@link #stop} and {@link
 * #close} may come beside {@link #containers}.
 */
public interface KernelSandbox extends AutoCloseable {
    /**
     * Starts the kernel; one that runs already goes on.
     *
     * @return the pid of the host that stands for it
     */
    int start();

    /** The pid of the host that stands for it; 0 before it was started. */
    int pid();

    /** The end of the kernel, by {@link #stop} or by itself. */
    Exit exit();

    /**
     * Whether it had ended when it was found again, because its memory was used up: so did all that
     * ran on it.
     */
    default boolean ranOutOfMemory() {
        return false;
    }

    /**
     * Makes a container that waits for its start.
     *
     * @throws io.silica.sandbox.SandboxException.InvalidArgument if it can never be carried out
     */
    KernelContainer create(ContainerConfig config);

    /**
     * Those that it has, alive or ended, as they are known to the kernel itself; none before it was
     * started. May block on it.
     *
     * @throws io.silica.sandbox.SandboxException.Unavailable if it does not answer
     */
    List<KernelContainer> containers();

    /**
     * What it uses on the host, with all that runs on it: CPU time never becomes less. Empty where
     * nothing counts that.
     */
    default Optional<Statistics> statistics() {
        return Optional.empty();
    }

    /** The pod's limits are others now; those of its cgroup have been set. */
    void update(PodResources resources);

    /**
     * Ends the kernel and with it everything that runs on it, and lets go of the network namespace.
     * Asks nobody for permission: a kernel that does not answer ends, too. Doing it twice is
     * harmless.
     */
    void stop();

    /** Stops it, and removes what is left of it; doing it twice is harmless. */
    @Override
    void close();
}
