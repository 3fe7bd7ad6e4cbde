// SPDX-License-Identifier: Apache-2.0
/**
 * The program that runs in a virtual machine as process 1 and has the containers of the pod: it
 * dials the host and serves it.
 *
 * <pre>
 *   host &lt;--vsock, port 5000-- HostLink --ttrpc--&gt; GuestService, TaskService, StreamsService
 *                                                        |
 *                                        PodMachine, Containers, streams
 * </pre>
 *
 * <p>Rules: nothing is listened to; a connection serves nothing before Attach; what is asked is
 * answered from what is known, and only what changes something waits for the kernel.
 */
@NullMarked
package io.silica.agent;

import org.jspecify.annotations.NullMarked;
