// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.List;
import java.util.Map;

/**
 * A sandbox that a kind made. One thread at a time calls the methods that change it (create and
 * adopt excepted, in the order prepare, start, containers, stop, close); the others may be called
 * by any thread at any time.
 */
public interface Sandbox extends AutoCloseable {
    /**
     * Starts the boundary. In a sandbox that was adopted this may have been done already, without
     * the caller's knowing: then it is done.
     *
     * @return the pid whose namespaces are the pod's, or 0 where no process of the host stands for
     *     the sandbox
     */
    int start();

    /** The end of the boundary, by {@link #stop} or by itself. */
    Exit exit();

    /** Makes a container whose root file system and stdio the host has prepared. */
    Container createContainer(ContainerConfig config, ContainerObserver observer);

    /**
     * Finds the containers again that an earlier life of the daemon made. What the agent has
     * besides is nobody's, and is ended and deleted before this returns. Blocks on the agent, for
     * as long as a call to it may take; is called again after it has thrown; may be called beside
     * {@link #stop} and {@link #close}, and then finds what these have left.
     *
     * <p>No container is created in a sandbox that was adopted before this has returned.
     *
     * @param former those that the record tells of
     * @return those of them that the agent knows, alive or ended; the others are gone, and are told
     *     as killed unless the record knows better
     */
    List<AdoptedContainer> adoptContainers(List<FormerContainer> former);

    /**
     * Ends the boundary and everything in it, and lets go of the network namespace: containerd
     * removes that as soon as this returns. Doing it twice is harmless.
     */
    void stop();

    /** What the sandbox as a whole has used, now. */
    Statistics statistics();

    /** Changes what the pod may use; containers are updated one by one beside it. */
    void update(PodResources resources);

    /**
     * What {@link Sandboxer#adopt} needs to find this sandbox again, to be kept in its record. Read
     * after create and after start.
     */
    Map<String, String> identity();

    /** Releases what is left, after a stop or instead of one; doing it twice is harmless. */
    @Override
    void close();
}
