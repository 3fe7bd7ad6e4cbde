// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** What tests with real sentries need; scripts/program-get puts the programs there. */
public final class GvisorPrograms {
    public static final Path RUNSC = program("runsc");
    public static final Path BUSYBOX = program("busybox");
    public static final Path POD_ROOT = Path.of("target", "pod-root").toAbsolutePath();
    public static final Path TERMINAL = Path.of("target", "pod-terminal").toAbsolutePath();
    public static final Path VERDICTS = Path.of("target", "probed").toAbsolutePath();

    private GvisorPrograms() {}

    /** Whether they are there, and we may start pods. */
    public static boolean areUsable() {
        return Files.isExecutable(RUNSC)
                && Files.isExecutable(BUSYBOX)
                && System.getProperty("user.name").equals("root");
    }

    /** As scripts/steps.sh finds the cache. */
    private static Path program(String name) {
        var home = Path.of(System.getProperty("user.home"), ".cache").toString();
        var caches = Objects.requireNonNullElse(System.getenv("XDG_CACHE_HOME"), home);
        var cache = System.getenv("SILICA_CACHE");
        return (cache == null ? Path.of(caches, "silica") : Path.of(cache))
                .resolve("programs")
                .resolve(name);
    }
}
