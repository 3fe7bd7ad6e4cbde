// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.sandbox.SandboxException;
import java.nio.file.Path;

/** The directory that the host shares with this machine. */
public final class SharedDirectory {
    private final Path path;

    /**
     * @param path where it is mounted here
     */
    public SharedDirectory(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /**
     * What the host calls by a path below it.
     *
     * @throws SandboxException.InvalidArgument if that leads out of it, or could mean more than a
     *     path in the options of a mount
     */
    public Path resolve(String below) {
        for (var name : below.split("/", -1)) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                throw new SandboxException.InvalidArgument(
                        "not a path below the shared directory: \"" + below + "\"");
            }
        }
        for (int i = 0; i < below.length(); i++) {
            if (",:\\".indexOf(below.charAt(i)) >= 0 || below.charAt(i) < ' ') {
                throw new SandboxException.InvalidArgument(
                        "a shared path has a comma, a colon, a backslash or a control character");
            }
        }
        return path.resolve(below);
    }
}
