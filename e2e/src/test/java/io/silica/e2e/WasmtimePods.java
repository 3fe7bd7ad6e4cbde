// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Wasm pods on the engine Wasmtime. */
final class WasmtimePods {
    static final String HANDLER = "wasmtime";

    private WasmtimePods() {}

    /** Where scripts/test-e2e says that it is; the daemon takes one that is not there for that. */
    static Path library() {
        return Busybox.program("libwasmtime").toAbsolutePath();
    }

    static void assumeLibrary() {
        assumeTrue(Files.exists(library()), "no libwasmtime: scripts/program-get gets it");
    }
}
