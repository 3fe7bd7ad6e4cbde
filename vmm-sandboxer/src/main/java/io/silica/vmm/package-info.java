// SPDX-License-Identifier: Apache-2.0

/**
 * The kind {@code vmm}: a pod is a virtual machine, and its containers are ordinary ones of the
 * guest's kernel, run by an agent in there. This package is the part of the daemon that does not
 * depend on which program runs the machine; the seam is {@link
 * io.silica.vmm.hypervisor.Hypervisor}.
 *
 * <pre>
 *   VmmSandboxer --create, adopt--> VmmSandbox --> VmmContainer --> VmmProcess
 *        |                         |    |   `------ agent: calls -------'
 *   Hypervisor --prepare, find--> Machine  storage: what the guest sees
 *                                          stdio: FIFOs and what the agent sends
 * </pre>
 */
@NullMarked
package io.silica.vmm;

import org.jspecify.annotations.NullMarked;
