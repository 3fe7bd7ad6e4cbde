// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.time.Instant;

/**
 * What is so with a sandbox.
 *
 * <pre>
 *   Created --start--> Running --stop, or its end--> Stopped
 *      `------------------stop-----------------------^
 * </pre>
 *
 * <p>Shutdown is possible in each and ends in none: the sandbox is gone.
 */
public sealed interface SandboxState {
    /** Prepared; nothing runs. */
    record Created() implements SandboxState {}

    /**
     * The boundary is up and takes containers.
     *
     * @param pid the process whose namespaces are the pod's; 0 where there is none
     * @param startedAt when it was ready
     */
    record Running(int pid, Instant startedAt) implements SandboxState {}

    /**
     * The boundary is down; containerd has yet to shut the sandbox down.
     *
     * @param exit how it ended
     */
    record Stopped(ExitStatus exit) implements SandboxState {}

    /** The state's name, for people. */
    default String label() {
        return getClass().getSimpleName();
    }
}
