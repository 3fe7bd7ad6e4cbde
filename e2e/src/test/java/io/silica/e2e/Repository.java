// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.nio.file.Path;

/** Where the things under test lie. */
final class Repository {
    private static final Path ROOT = Path.of(System.getProperty("silica.root", ".."));

    private Repository() {}

    /** The programs of the distribution. */
    static Path programs() {
        return ROOT.resolve("dist/bin").toAbsolutePath().normalize();
    }

    /** A directory of the repository. */
    static Path directory(String name) {
        return ROOT.resolve(name).toAbsolutePath().normalize();
    }

    /** A script of the repository. */
    static String script(String name) {
        return ROOT.resolve("scripts").resolve(name).toAbsolutePath().normalize().toString();
    }
}
