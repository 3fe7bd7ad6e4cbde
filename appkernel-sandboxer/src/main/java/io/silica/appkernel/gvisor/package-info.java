// SPDX-License-Identifier: Apache-2.0

/**
 * gVisor as an {@link io.silica.appkernel.kernel.AppKernel}. A pod is a sandbox of runsc with a
 * root container of ours, and its containers are subcontainers of that.
 *
 * <pre>
 *   GvisorKernel --> GvisorSandbox --> GvisorContainer --> GvisorInit, GvisorExec
 *        |               |    `--- PodPlaces: its files      |
 *      Probe           Runsc: starts the sentry,             |
 *                      and containers in it                  |
 *                        `----------> sentry <-- ControlSocket: everything else
 * </pre>
 *
 * <p>Every pod has a directory of its own for runsc's state ({@code --root}), which names its
 * processes: whatever has that directory among its arguments is the pod's, and the pod's end is the
 * end of all of them. The sentries outlive the daemon, and so do their control sockets, by which
 * the next one asks what has become of the containers. No connection is kept open but for a Wait.
 *
 * <p>What is said of runsc's behaviour was seen with 0.0~20240729.0; the control protocol is its
 * own and may change with any version.
 */
@NullMarked
package io.silica.appkernel.gvisor;

import org.jspecify.annotations.NullMarked;
