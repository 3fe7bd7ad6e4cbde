// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The link by which whoever starts the daemon finds its program.
 *
 * @param path where it is
 */
record CurrentLink(Path path) {
    /**
     * Where it leads.
     *
     * @throws UpgradeException if it is no link
     */
    Path target() throws IOException {
        if (!Files.isSymbolicLink(path)) {
            throw new UpgradeException(
                    "%s is not a symbolic link: the daemon has to be started through one, say %s/bin/wasm-sandboxer"
                            .formatted(path, path));
        }
        return Files.readSymbolicLink(path);
    }

    /** Lets it lead elsewhere, at once: whoever looks finds the one or the other. */
    void lead(Path target) throws IOException {
        Path fresh =
                path.resolveSibling("." + path.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(fresh);
        Files.createSymbolicLink(fresh, target);
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    }
}
