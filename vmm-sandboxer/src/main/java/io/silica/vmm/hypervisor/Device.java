// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.hypervisor;

import java.nio.file.Path;

/** What can be attached to a machine. */
public sealed interface Device {
    /**
     * A disk.
     *
     * @param serial by which the guest knows it: at most 20 letters, digits and hyphens
     * @param file its contents
     * @param readOnly whether the program opens the file so that it can't write
     */
    record Disk(String serial, Path file, boolean readOnly) implements Device {
        public Disk {
            if (!serial.matches("[A-Za-z0-9-]{1,20}")) {
                throw new IllegalArgumentException("not the serial number of a disk: " + serial);
            }
        }
    }

    /**
     * A network interface, on a tap device of the machine's network namespace.
     *
     * @param tap the device's name
     * @param hardwareAddress as the guest is to have it, {@code 02:00:00:00:00:01}
     */
    record Network(String tap, String hardwareAddress) implements Device {
        public Network {
            if (!tap.matches("[A-Za-z0-9._-]{1,15}")) {
                throw new IllegalArgumentException("not the name of a tap device: " + tap);
            }
            if (!hardwareAddress.matches("[0-9a-f]{2}(:[0-9a-f]{2}){5}")) {
                throw new IllegalArgumentException("not a hardware address: " + hardwareAddress);
            }
        }
    }

    /**
     * A directory of the host that the guest can mount. What is mounted below it later is seen.
     *
     * @param tag by which the guest mounts it
     * @param directory a mount point whose mounts are propagated
     */
    record SharedDirectory(String tag, Path directory) implements Device {
        public SharedDirectory {
            if (!tag.matches("[a-z0-9-]{1,32}")) {
                throw new IllegalArgumentException("not a tag: " + tag);
            }
        }
    }

    /**
     * The way by which the guest reaches the host: what it sends to a port of the host arrives at
     * the Unix socket of this path with {@code _} and the number behind it.
     *
     * @param socket the path without a port, in a directory of its own: whoever of the machine's
     *     programs connects there becomes its group, and what it owns there is its
     */
    record Vsock(Path socket) implements Device {}

    /** A serial line for what the guest prints; nothing is ever read from it. */
    record Console() implements Device {}
}
