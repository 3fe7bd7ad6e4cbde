// SPDX-License-Identifier: Apache-2.0

/**
 * QEMU: one process for each machine, and beside it {@code vhost-device-vsock}, by which its guest
 * dials the host, and {@code virtiofsd}, which serves it files. All three have the machine's
 * directory among their arguments.
 *
 * <pre>
 *   QemuHypervisor --prepare--> PreparedQemu (helpers run) --boot--> QemuMachine
 *                                                        Qmp --quit--> QEMU --serial--> Console
 * </pre>
 *
 * <p>Nothing but the directory's owner can reach the sockets in it. What comes from QEMU or the
 * guest is bounded where it is read.
 */
@NullMarked
package io.silica.vmm.qemu;

import org.jspecify.annotations.NullMarked;
