// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.confinement;

import io.silica.sandbox.SandboxException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Finds the program that confines others. */
public final class Bubblewrap {
    /** What to say where it is not installed. */
    public static final String MISSING =
            "there is no program bwrap on the PATH of the daemon, and no Wasm pod runs without it:"
                    + " install the package bubblewrap";

    private static final String NAME = "bwrap";

    private Bubblewrap() {}

    /** Where it is on a path of directories; empty if it is in none of them. */
    public static Optional<Path> on(String path) {
        return Arrays.stream(path.split(File.pathSeparator, 0))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, NAME))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Where it is on our own path. */
    public static Optional<Path> installed() {
        return on(Optional.ofNullable(System.getenv("PATH")).orElse("/usr/local/bin:/usr/bin"));
    }

    /**
     * Where it is.
     *
     * @throws SandboxException.Unavailable if it is not installed, saying what to do
     */
    static Path required() {
        return installed().orElseThrow(() -> new SandboxException.Unavailable(MISSING));
    }
}
