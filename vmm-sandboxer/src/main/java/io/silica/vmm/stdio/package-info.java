// SPDX-License-Identifier: Apache-2.0

/**
 * The standard streams of processes in a guest, between containerd's FIFOs and the agent
 * (guest.proto, service Streams). Bytes are counted: what a process writes is acknowledged when the
 * FIFO has it, what it reads is forgotten when the agent has it.
 *
 * <p>The daemon is the only writer of an output FIFO, and containerd takes the end of the last
 * writer for the end of all output. So ends of FIFOs are parked where they outlive the daemon, and
 * taken out before they are closed for good.
 */
@NullMarked
package io.silica.vmm.stdio;

import org.jspecify.annotations.NullMarked;
