// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.stdio;

import io.silica.sandbox.SandboxId;
import io.silica.sandbox.ShortName;

/**
 * What parked ends of FIFOs are called: short, because all names together have to fit into one
 * environment variable, and so that those of a sandbox are known by how they begin.
 *
 * @param prefix of all names of a sandbox
 */
public record ParkedNames(String prefix) {
    private static final int DIGITS = 6;

    /** Those of a sandbox. */
    public static ParkedNames of(SandboxId sandbox) {
        return new ParkedNames(digest(sandbox.value()) + "-");
    }

    /** That of a stream. */
    String of(String container, String exec, String stream) {
        return prefix + digest(container + "/" + exec + "/" + stream);
    }

    /** Lets go of all of the sandbox. */
    public void removeAll(Parking parking) {
        parking.names().stream().filter(it -> it.startsWith(prefix)).forEach(parking::remove);
    }

    private static String digest(String text) {
        return ShortName.of(text, DIGITS);
    }
}
