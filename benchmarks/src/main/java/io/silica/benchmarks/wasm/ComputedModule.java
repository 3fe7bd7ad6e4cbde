// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.wasm;

import io.silica.examples.ExampleModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is computed: the same, with many turns of loops and with few. */
enum ComputedModule {
    LOOPS("sha256"),
    UNROLLED("sha256-unrolled");

    /** 64 MiB. */
    private static final String KIBIBYTES = "65536";

    private final String module;

    ComputedModule(String module) {
        this.module = module;
    }

    String title() {
        return module;
    }

    /** For a container that has all modules. */
    List<String> command() {
        return List.of("/" + module + ".wasm", KIBIBYTES);
    }

    /**
     * Has it compiled where it is called directly.
     *
     * @param program {@code direct.c}
     * @param directory where the module is written to
     */
    ComputeTurns begin(String program, Path directory) throws IOException {
        var file = directory.resolve(module + ".wasm");
        Files.write(file, ExampleModules.bytes(module));
        return new ComputeTurns(
                this,
                DirectRuns.begin(List.of(program, "plain", file.toString(), KIBIBYTES)),
                DirectRuns.begin(List.of(program, "interruptible", file.toString(), KIBIBYTES)));
    }
}
