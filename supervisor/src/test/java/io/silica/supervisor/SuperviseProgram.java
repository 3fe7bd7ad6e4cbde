// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** The program as this build has compiled it. */
public final class SuperviseProgram {
    private SuperviseProgram() {}

    /** Where it is. */
    public static Path path() {
        try {
            // It lies beside these classes, or beside the jar of them.
            var classes =
                    SuperviseProgram.class.getProtectionDomain().getCodeSource().getLocation();
            return Path.of(classes.toURI()).resolveSibling("silica-supervise");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
