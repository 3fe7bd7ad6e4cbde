// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.hypervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * What a machine is to be.
 *
 * @param directory where its files are, short enough for the path of a socket in it; it is not
 *     there yet, its parent is, with mode 0700
 * @param processors how many the guest sees
 * @param memoryBytes the guest's memory
 * @param devices what is attached before it runs
 * @param network the network namespace that its program is in; empty for the daemon's
 * @param joins puts a process into the pod's cgroup, by its pid
 */
public record MachineConfig(
        Path directory,
        int processors,
        long memoryBytes,
        List<Device> devices,
        Optional<Path> network,
        IntConsumer joins) {
    public MachineConfig {
        devices = List.copyOf(devices);
        if (processors < 1 || memoryBytes < 1) {
            throw new IllegalArgumentException("a machine has a processor and memory");
        }
    }
}
