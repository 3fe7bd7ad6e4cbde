// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.linux.Descriptor;
import io.silica.sandbox.SandboxException;
import io.silica.server.SandboxerDaemon;
import io.silica.server.notify.DescriptorStore;
import io.silica.vmm.stdio.Parking;
import java.util.Set;
import java.util.stream.Collectors;

/** Parks with the service manager, among what the daemon itself has there. */
final class StoreParking implements Parking {
    private static final String PREFIX = SandboxerDaemon.KIND_PREFIX;

    private final DescriptorStore store;

    StoreParking(DescriptorStore store) {
        this.store = store;
    }

    @Override
    public void park(String name, Descriptor descriptor) {
        if (store.capacity() == 0) {
            throw new SandboxException.Unavailable("there is no service manager that would");
        }
        try {
            if (store.names(PREFIX).contains(PREFIX + name)) {
                store.remove(PREFIX + name);
            }
            store.park(PREFIX + name, descriptor);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while parking " + name);
        }
    }

    @Override
    public void remove(String name) {
        if (store.capacity() > 0) {
            store.remove(PREFIX + name);
        }
    }

    @Override
    public Set<String> names() {
        return store.names(PREFIX).stream()
                .map(it -> it.substring(PREFIX.length()))
                .collect(Collectors.toUnmodifiableSet());
    }
}
