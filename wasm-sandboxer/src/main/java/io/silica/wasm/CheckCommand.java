// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.server.config.Config;
import io.silica.server.config.ConfigException;
import io.silica.server.config.ConfigFiles;
import io.silica.server.config.DaemonConfig;
import io.silica.wasm.confinement.Bubblewrap;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code sandboxctl check --kind wasm}: says, without a daemon, what pods need and do not find. It
 * reads the configuration as the daemon does, and loads no library.
 */
final class CheckCommand {
    /** What asks for it among the daemon's arguments. */
    static final String FLAG = "--check";

    private static final String JSON = "--json";
    private static final String CONFIG = "--config";
    private static final int OK = 0;
    private static final int NOT_OK = 1;
    private static final int USAGE = 2;

    private final PrintStream out;
    private final PrintStream err;

    CheckCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * One thing that pods need.
     *
     * @param found what there is, or why there is not
     */
    private record Finding(String name, boolean ok, String found) {}

    /**
     * Looks, says what there is, and answers the exit code: 0 if pods can be run, 1 if not, 2 if
     * the command line or the configuration is wrong.
     */
    int execute(String... arguments) {
        var rest = new ArrayList<>(Arrays.asList(arguments));
        boolean json = rest.remove(JSON);
        boolean named = rest.size() == 2 && rest.getFirst().equals(CONFIG);
        if (!named && !rest.isEmpty()) {
            err.println("wasm-sandboxer: expected %s [%s FILE] [%s]".formatted(FLAG, CONFIG, JSON));
            return USAGE;
        }
        var files =
                rest.isEmpty()
                        ? ConfigFiles.usual(Path.of("/etc/silica/wasm.toml"))
                        : ConfigFiles.explicit(Path.of(rest.getLast()).toAbsolutePath());
        try {
            var findings = look(files);
            if (json) {
                print(findings);
            } else {
                findings.forEach(this::print);
            }
            return findings.stream().allMatch(Finding::ok) ? OK : NOT_OK;
        } catch (ConfigException e) {
            e.problems().forEach(problem -> err.println("wasm-sandboxer: " + problem));
            return USAGE;
        }
    }

    private static List<Finding> look(ConfigFiles files) {
        var wasm =
                Config.load(
                                files,
                                List.of(),
                                reader -> {
                                    DaemonConfig.read(reader, WasmSandboxer.KIND);
                                    return WasmConfig.read(reader);
                                })
                        .value();
        return List.of(confinement(), wasmtime(wasm.engines()));
    }

    private static Finding confinement() {
        return Bubblewrap.installed()
                .map(it -> new Finding("bubblewrap", true, it.toString()))
                .orElse(new Finding("bubblewrap", false, Bubblewrap.MISSING));
    }

    /** Who names no library wants none. */
    private static Finding wasmtime(Engines engines) {
        if (engines.wasmtime().isEmpty()) {
            return new Finding(
                    Engine.WASMTIME.handler(), true, "not wanted: no wasm.wasmtime-library");
        }
        Optional<String> problem = engines.problem(Engine.WASMTIME);
        return new Finding(
                Engine.WASMTIME.handler(),
                problem.isEmpty(),
                problem.orElse(engines.wasmtime().get().toString()));
    }

    private void print(Finding finding) {
        out.println((finding.ok() ? "ok   " : "no   ") + finding.name() + ": " + finding.found());
    }

    private void print(List<Finding> findings) {
        var document = JsonMapper.shared().createObjectNode();
        document.put("kind", WasmSandboxer.KIND);
        document.put("ok", findings.stream().allMatch(Finding::ok));
        var checks = document.putArray("checks");
        for (var finding : findings) {
            checks.addObject()
                    .put("name", finding.name())
                    .put("ok", finding.ok())
                    .put("found", finding.found())
                    .put("advice", "");
        }
        out.println(document);
    }
}
