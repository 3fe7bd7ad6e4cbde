// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.linux.Descriptor;
import io.silica.vmm.stdio.Parking;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps copies, in this process. */
final class FakeParking implements Parking {
    private final Map<String, Descriptor> kept = new ConcurrentHashMap<>();

    @Override
    public void park(String name, Descriptor descriptor) {
        var before = kept.put(name, descriptor.duplicate());
        if (before != null) {
            before.close();
        }
    }

    @Override
    public void remove(String name) {
        var before = kept.remove(name);
        if (before != null) {
            before.close();
        }
    }

    @Override
    public Set<String> names() {
        return Set.copyOf(kept.keySet());
    }
}
