// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.hypervisor;

import io.silica.sandbox.SandboxException;
import java.util.Collection;
import java.util.Set;

/**
 * Which kinds of {@link Device} can be attached and detached when.
 *
 * @param coldPlug before the machine runs
 * @param hotPlug while it runs
 * @param hotUnplug taken away while it runs
 */
public record Capabilities(
        Set<Class<? extends Device>> coldPlug,
        Set<Class<? extends Device>> hotPlug,
        Set<Class<? extends Device>> hotUnplug) {
    public Capabilities {
        coldPlug = Set.copyOf(coldPlug);
        hotPlug = Set.copyOf(hotPlug);
        hotUnplug = Set.copyOf(hotUnplug);
    }

    /** Everything before the machine runs, and nothing after. */
    public static Capabilities coldPlugOnly() {
        return new Capabilities(
                Set.of(
                        Device.Disk.class,
                        Device.Network.class,
                        Device.SharedDirectory.class,
                        Device.Vsock.class,
                        Device.Console.class),
                Set.of(),
                Set.of());
    }

    /**
     * Checks what a machine is to begin with.
     *
     * @throws SandboxException.Unsupported if one of these can't be attached before the machine
     *     runs
     */
    public void requireColdPlug(Collection<Device> devices) {
        for (var device : devices) {
            if (!coldPlug.contains(device.getClass())) {
                throw new SandboxException.Unsupported(
                        "a virtual machine cannot begin with " + device);
            }
        }
    }
}
