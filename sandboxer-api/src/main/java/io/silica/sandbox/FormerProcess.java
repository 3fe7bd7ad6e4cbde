// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * A process that an earlier life of the daemon made, as its record has it.
 *
 * @param pid the pid by which containerd knows it
 * @param stdio its streams
 * @param state what was so when the record was written
 */
public record FormerProcess(int pid, Stdio stdio, ProcessState state) {}
