// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * A process of a container: its first one, or one that exec added. Every method may block on the
 * kind's agent; {@link #exit} and {@link #pid} do not.
 */
public interface ContainerProcess {
    /** A pid of the host, at least 1: containerd takes a task without one for a leak. */
    int pid();

    /**
     * Lets it run. In a container that was adopted this may have been done already, without the
     * caller's knowing: then it is done.
     */
    void start();

    /**
     * Sends a signal. One that ends the process is answered when it is on its way, not when the
     * process has ended.
     *
     * @param all whether every process of the container gets it; of one that exec added, it alone
     *     does
     * @throws SandboxException.NotFound if the process has ended
     */
    void kill(Signal signal, boolean all);

    /**
     * Its end. By then all of its output is where containerd reads it, and the streams are closed.
     */
    Exit exit();

    /**
     * Tells a terminal its size.
     *
     * @throws SandboxException.Unsupported if the process has no terminal
     */
    void resize(int columns, int rows);

    /** Closes its standard input; doing it twice is harmless. */
    void closeStdin();

    /**
     * Forgets an ended process and releases what it held; doing it twice is harmless, also to one
     * that an earlier life of the daemon has deleted.
     */
    void delete();
}
