// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * An additional process in a container.
 *
 * @param id its identifier
 * @param process what it is to be
 * @param stdio its streams
 */
public record ExecConfig(ExecId id, ProcessSpec process, Stdio stdio) {}
