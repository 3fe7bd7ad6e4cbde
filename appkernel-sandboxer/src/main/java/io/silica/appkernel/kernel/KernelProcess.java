// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.kernel;

import io.silica.sandbox.Exit;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;

/** A process on an application kernel. Every method but {@link #exit} may block on the kernel. */
public interface KernelProcess {
    /** What is so with it. */
    ProcessState state();

    /** Lets it run; if it does so already, or has ended, nothing happens. */
    void start();

    /**
     * Sends a signal; one to a process that was not started ends it.
     *
     * @param all whether every process of the container gets it; of one that was added, it alone
     *     does
     * @throws SandboxException.NotFound if it has ended
     */
    void signal(Signal signal, boolean all);

    /** Its end, told when its output is where containerd reads it. */
    Exit exit();

    /**
     * Tells its terminal its size; before the start, the size that it is to begin with.
     *
     * @throws SandboxException.Unsupported if it has none
     */
    void resize(int columns, int rows);

    /** Closes its standard input; doing it twice is harmless. */
    void closeStdin();

    /** Forgets it; doing it twice is harmless. */
    void delete();
}
