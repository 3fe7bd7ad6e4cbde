// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.stdio;

import io.silica.linux.Descriptor;
import io.silica.sandbox.SandboxException;
import java.util.Set;

/** Keeps descriptors open beyond the life of the daemon. Any thread may call any method. */
public interface Parking {
    /**
     * Keeps a copy; in the place of one that it keeps under that name.
     *
     * @throws SandboxException.Exhausted if there is no room
     */
    void park(String name, Descriptor descriptor);

    /** Closes its copy, if it has one. */
    void remove(String name);

    /** The names of what it keeps, of earlier lives, too. */
    Set<String> names();

    /** Where there is nobody who would keep anything. */
    static Parking none() {
        return new Parking() {
            @Override
            public void park(String name, Descriptor descriptor) {}

            @Override
            public void remove(String name) {}

            @Override
            public Set<String> names() {
                return Set.of();
            }
        };
    }
}
