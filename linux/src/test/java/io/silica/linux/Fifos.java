// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.io.IOException;
import java.nio.file.Path;

/** FIFOs for tests; in production they are containerd's to make. */
final class Fifos {
    private Fifos() {}

    static Path create(Path path) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("mkfifo", path.toString()).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException("mkfifo " + path + " exited with " + exit);
        }
        return path;
    }
}
