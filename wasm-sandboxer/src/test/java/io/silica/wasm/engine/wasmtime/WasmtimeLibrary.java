// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The library that tests take; scripts/program-get puts it there. */
public final class WasmtimeLibrary {
    private WasmtimeLibrary() {}

    /** Where it is; where there is none the test is skipped. */
    public static Path required() {
        var file = kept();
        assumeTrue(
                Files.isRegularFile(file),
                "there is no libwasmtime: scripts/program-get libwasmtime gets it");
        return file;
    }

    /** As scripts/steps.sh finds the cache. */
    private static Path kept() {
        var home = Path.of(System.getProperty("user.home"), ".cache").toString();
        var caches = Objects.requireNonNullElse(System.getenv("XDG_CACHE_HOME"), home);
        var cache = System.getenv("SILICA_CACHE");
        return (cache == null ? Path.of(caches, "silica") : Path.of(cache))
                .resolve("programs")
                .resolve("libwasmtime");
    }
}
