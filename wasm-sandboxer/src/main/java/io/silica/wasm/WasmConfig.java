// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.server.config.ByteSize;
import io.silica.server.config.ConfigReader;
import io.silica.server.config.ConfigSection;
import io.silica.wasm.worker.WorkerOptions;
import java.time.Duration;

/**
 * The section {@code wasm} of the configuration.
 *
 * @param isolation which pods share a worker
 * @param worker what each worker is told
 */
record WasmConfig(Isolation isolation, WorkerOptions worker) {
    private static final String SECTION = "wasm";
    private static final ByteSize LARGEST_MODULE = ByteSize.mebibytes(1024);
    private static final ByteSize LARGEST_CACHE = ByteSize.mebibytes(16 * 1024);

    /** What holds for what is not said. */
    static final WasmConfig DEFAULTS = new WasmConfig(Isolation.AUTO, WorkerOptions.DEFAULTS);

    static WasmConfig read(ConfigReader reader) {
        var section = reader.section(SECTION);
        return new WasmConfig(section.oneOf("isolation", DEFAULTS.isolation), worker(section));
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
