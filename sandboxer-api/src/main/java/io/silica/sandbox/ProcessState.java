// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * What is so with a process of a container.
 *
 * <pre>
 *   Created --start--> Running <--pause, resume--> Paused
 *      |                  |                          |
 *      `------------------+-------its end------------+--> Stopped
 * </pre>
 *
 * <p>A delete takes it out of sight from Created or Stopped.
 */
public sealed interface ProcessState {
    /** Made, waiting for its start. */
    record Created() implements ProcessState {}

    /** It runs. */
    record Running() implements ProcessState {}

    /** It is frozen with its whole container. */
    record Paused() implements ProcessState {}

    /**
     * It has ended and is kept until containerd deletes it.
     *
     * @param exit how it ended
     */
    record Stopped(ExitStatus exit) implements ProcessState {}

    /** The state's name, for people. */
    default String label() {
        return getClass().getSimpleName();
    }
}
