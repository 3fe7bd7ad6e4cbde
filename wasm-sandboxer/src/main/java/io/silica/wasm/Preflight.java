// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.server.cli.CheckCommand;
import io.silica.server.cli.Finding;
import io.silica.server.cli.Findings;
import io.silica.server.config.Config;
import io.silica.server.config.ConfigFiles;
import io.silica.server.config.DaemonConfig;
import io.silica.wasm.confinement.Bubblewrap;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Looks for what pods need on this machine, without a daemon: {@code sandboxctl check --kind wasm}.
 * No library is loaded.
 */
final class Preflight {
    private static final String NO_ADVICE = "";

    private final Engines engines;
    private final Findings findings = new Findings();

    private Preflight(Engines engines) {
        this.engines = engines;
    }

    /** The command that shows all of it. */
    static CheckCommand command(PrintStream out, PrintStream err) {
        return new CheckCommand(
                WasmSandboxer.KIND, List.of(), (files, _) -> of(files).look(), out, err);
    }

    private static Preflight of(ConfigFiles files) {
        var wasm =
                Config.load(
                                files,
                                List.of(),
                                reader -> {
                                    DaemonConfig.read(reader, WasmSandboxer.KIND);
                                    return WasmConfig.read(reader);
                                })
                        .value();
        return new Preflight(wasm.engines());
    }

    /** Everything, in order. What is missing says itself what to do. */
    private List<Finding> look() {
        var bubblewrap = Bubblewrap.installed();
        findings.add(
                "bubblewrap",
                bubblewrap.isPresent(),
                bubblewrap.map(Path::toString).orElse(Bubblewrap.MISSING),
                NO_ADVICE);
        wasmtime();
        return findings.all();
    }

    /** Who names no library wants none. */
    private void wasmtime() {
        var name = Engine.WASMTIME.handler();
        if (engines.wasmtime().isEmpty()) {
            findings.add(name, true, "not wanted: no wasm.wasmtime-library", NO_ADVICE);
            return;
        }
        var problem = engines.problem(Engine.WASMTIME);
        findings.add(
                name,
                problem.isEmpty(),
                problem.orElse(engines.wasmtime().get().path().toString()),
                NO_ADVICE);
    }
}
