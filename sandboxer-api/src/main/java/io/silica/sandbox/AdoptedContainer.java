// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.Map;

/**
 * A container that was found again, alive or ended.
 *
 * @param id its identifier
 * @param container the container
 * @param state what is so with its first process, see {@link AdoptedProcess}
 * @param execs those of the processes added to it that were found; the others are gone
 */
public record AdoptedContainer(
        ContainerId id,
        Container container,
        ProcessState state,
        Map<ExecId, AdoptedProcess> execs) {
    public AdoptedContainer {
        execs = Map.copyOf(execs);
    }
}
