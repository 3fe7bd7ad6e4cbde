// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * A process that was found again.
 *
 * @param process the process
 * @param state what is so with it; the exit of one that has ended is known to {@code process}, too
 */
public record AdoptedProcess(ContainerProcess process, ProcessState state) {}
