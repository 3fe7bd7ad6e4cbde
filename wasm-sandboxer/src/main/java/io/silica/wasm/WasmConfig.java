// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.server.config.ByteSize;
import io.silica.server.config.ConfigReader;
import io.silica.server.config.ConfigSection;
import io.silica.wasm.compiler.CompilerLimits;
import io.silica.wasm.engine.wasmtime.LibraryFile;
import io.silica.wasm.worker.WorkerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The section {@code wasm} of the configuration.
 *
 * @param engines what there is to run guests
 * @param isolation which pods share a worker
 * @param worker what each worker is told
 */
record WasmConfig(Engines engines, Isolation isolation, WorkerOptions worker) {
    private static final String SECTION = "wasm";
    private static final String LIBRARY = "wasmtime-library";
    private static final ByteSize LARGEST_MODULE = ByteSize.mebibytes(1024);

    /** containerd waits for two minutes. */
    private static final Duration LONGEST_COMPILATION = Duration.ofSeconds(90);

    private static final int MOST_COMPILERS = 64;
    private static final ByteSize LARGEST_CACHE = ByteSize.mebibytes(16 * 1024);

    /** What holds for what is not said. */
    static final WasmConfig DEFAULTS =
            new WasmConfig(Engines.EMBEDDED, Isolation.AUTO, WorkerOptions.DEFAULTS);

    static WasmConfig read(ConfigReader reader) {
        var section = reader.section(SECTION);
        return new WasmConfig(
                engines(section), section.oneOf("isolation", DEFAULTS.isolation), worker(section));
    }

    /** Whether a library that is named can be used is found out at the start, which goes on. */
    private static Engines engines(ConfigSection section) {
        var usual = section.oneOf("engine", DEFAULTS.engines.usual());
        var library =
                section.string(
                        LIBRARY, "", Pattern.compile("|/.+"), "an absolute path, or nothing");
        if (usual == Engine.WASMTIME && library.isEmpty()) {
            section.problem("engine", "is \"wasmtime\"", "name its library: wasm.wasmtime-library");
        }
        return new Engines(
                usual,
                Optional.of(library)
                        .filter(it -> !it.isEmpty())
                        .map(it -> new LibraryFile(Path.of(it))),
                compiler(section));
    }

    private static CompilerLimits compiler(ConfigSection section) {
        var usual = CompilerLimits.DEFAULTS;
        return new CompilerLimits(
                section.duration(
                        "compiler-time", usual.time(), Duration.ofSeconds(1), LONGEST_COMPILATION),
                section.size(
                                "compiler-memory",
                                new ByteSize(usual.memory()),
                                ByteSize.mebibytes(64),
                                LARGEST_CACHE)
                        .bytes(),
                section.integer("compilers", usual.processes(), 1, MOST_COMPILERS),
                section.size(
                                "module-cache-disk",
                                new ByteSize(usual.disk()),
                                new ByteSize(0),
                                ByteSize.mebibytes(1024 * 1024))
                        .bytes());
    }

    private static WorkerOptions worker(ConfigSection section) {
        var usual = DEFAULTS.worker;
        return new WorkerOptions(
                section.duration(
                        "worker-idle-exit",
                        usual.idleExit(),
                        Duration.ofSeconds(1),
                        Duration.ofDays(1)),
                section.size(
                                "module-limit",
                                new ByteSize(usual.moduleLimit()),
                                new ByteSize(8),
                                LARGEST_MODULE)
                        .bytes(),
                section.size(
                                "module-cache",
                                new ByteSize(usual.moduleCache()),
                                new ByteSize(0),
                                LARGEST_CACHE)
                        .bytes(),
                usual.claimTime());
    }
}
