// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.stdio;

import io.silica.linux.Descriptor;
import io.silica.sandbox.SandboxException;

/** An end of a FIFO of which a copy outlives the daemon. */
final class ParkedEnd {
    private static final System.Logger LOG = System.getLogger(ParkedEnd.class.getName());

    private final Parking parking;
    private final String name;

    private ParkedEnd(Parking parking, String name) {
        this.parking = parking;
        this.name = name;
    }

    /** Without room for the copy the stream works, too, for as long as this daemon lives. */
    static ParkedEnd of(Descriptor end, Parking parking, String name) {
        try {
            parking.park(name, end);
        } catch (SandboxException.Exhausted | SandboxException.Unavailable e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} would not outlive this daemon: {1}",
                    end.label(),
                    e.getMessage());
        }
        return new ParkedEnd(parking, name);
    }

    /** Takes the copy back. */
    void remove() {
        parking.remove(name);
    }
}
