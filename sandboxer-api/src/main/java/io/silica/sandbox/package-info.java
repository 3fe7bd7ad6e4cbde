// SPDX-License-Identifier: Apache-2.0

/**
 * The model of sandboxes and of the containers in them, without I/O.
 *
 * <p>A {@link io.silica.sandbox.Sandboxer} makes sandboxes of one kind; it is what a kind
 * implements. Everything else here is a value, a state or a rule that all kinds share:
 *
 * <pre>
 *   Sandboxer --create--> Sandbox --createContainer--> Container --init/exec--> ContainerProcess
 *   SandboxSpec           SandboxState                 ContainerConfig          ProcessState
 *                         SandboxRules                                          ProcessRules
 * </pre>
 *
 * <p>After a restart of the daemon the same objects are found again:
 *
 * <pre>
 *   Sandboxer --adopt--> Sandbox --adoptContainers--> AdoptedContainer
 *   SandboxSpec,         FormerContainer              Container, ProcessState
 *   identity
 * </pre>
 *
 * <p>Spec is what was asked, config is how we were set up, state is what is so now. Which request
 * is answered how in which state stands in {@link io.silica.sandbox.SandboxRules} and {@link
 * io.silica.sandbox.ProcessRules}, and nowhere else.
 */
@NullMarked
package io.silica.sandbox;

import org.jspecify.annotations.NullMarked;
