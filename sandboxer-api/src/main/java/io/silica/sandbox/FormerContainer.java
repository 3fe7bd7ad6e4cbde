// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.Map;

/**
 * A container that an earlier life of the daemon made, as its record has it.
 *
 * @param id its identifier
 * @param init its first process
 * @param execs the processes that were added to it and not deleted
 * @param observer hears what happens to it from now on
 */
public record FormerContainer(
        ContainerId id,
        FormerProcess init,
        Map<ExecId, FormerProcess> execs,
        ContainerObserver observer) {
    public FormerContainer {
        execs = Map.copyOf(execs);
    }
}
