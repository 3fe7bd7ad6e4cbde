// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import java.util.Optional;

/**
 * What a delete was answered.
 *
 * @param container the container
 * @param exec the process that was deleted; empty for the whole container
 * @param pid its pid
 * @param exit how it had ended
 */
public record Tombstone(ContainerId container, Optional<ExecId> exec, int pid, ExitStatus exit) {}
