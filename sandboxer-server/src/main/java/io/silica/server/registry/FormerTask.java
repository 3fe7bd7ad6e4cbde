// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.FormerProcess;
import io.silica.server.host.ContainerRequest;
import java.util.Map;

/**
 * A task of an earlier life of the daemon, as its record has it.
 *
 * @param request what was asked, but for the mounts of its root file system
 * @param init its first process
 * @param execs the processes that were added
 */
record FormerTask(ContainerRequest request, FormerProcess init, Map<ExecId, FormerProcess> execs) {
    FormerTask {
        execs = Map.copyOf(execs);
    }

    /** What the kind is told to find it again. */
    FormerContainer container(ContainerObserver observer) {
        return new FormerContainer(request.id(), init, execs, observer);
    }
}
