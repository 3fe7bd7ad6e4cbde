// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.gvisor.GvisorConfig;
import io.silica.server.config.Config;
import io.silica.server.config.ConfigException;
import io.silica.server.config.ConfigFiles;
import io.silica.server.config.DaemonConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code sandboxctl check --kind appkernel}: says, without a daemon, what pods need and do not
 * find, and how to get it. It reads the configuration as the daemon does.
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
     * Looks, says what there is, and answers the exit code: 0 if pods can be run, 1 if not, 2 if
     * the command line or the configuration is wrong.
     */
    int execute(String... arguments) {
        var rest = new ArrayList<>(Arrays.asList(arguments));
        boolean json = rest.remove(JSON);
        boolean named = rest.size() == 2 && rest.getFirst().equals(CONFIG);
        if (!named && !rest.isEmpty()) {
            err.println(
                    "appkernel-sandboxer: expected %s [%s FILE] [%s]"
                            .formatted(FLAG, CONFIG, JSON));
            return USAGE;
        }
        var files =
                rest.isEmpty()
                        ? ConfigFiles.usual(Path.of("/etc/silica/appkernel.toml"))
                        : ConfigFiles.explicit(Path.of(rest.getLast()).toAbsolutePath());
        try {
            var findings = look(files);
            if (json) {
                print(findings);
            } else {
                findings.forEach(this::print);
            }
            return findings.stream().allMatch(Preflight.Finding::ok) ? OK : NOT_OK;
        } catch (ConfigException e) {
            e.problems().forEach(problem -> err.println("appkernel-sandboxer: " + problem));
            return USAGE;
        }
    }

    private static List<Preflight.Finding> look(ConfigFiles files) {
        var options =
                Config.load(
                                files,
                                List.of(),
                                reader -> {
                                    DaemonConfig.read(reader, AppKernelSandboxer.KIND);
                                    return AppKernelDaemon.gvisor(reader);
                                })
                        .value();
        try {
            var scratch = Files.createTempDirectory("silica-check");
            try {
                return new Preflight(
                                config(options, scratch),
                                System.getenv().getOrDefault("PATH", ""),
                                System.getProperty("user.name").equals("root"))
                        .findings();
            } finally {
                remove(scratch);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the trial has left in a directory that was made for it; no link is followed. */
    private static void remove(Path scratch) throws IOException {
        try (var left = Files.walk(scratch)) {
            for (var path : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static GvisorConfig config(AppKernelDaemon.Gvisor options, Path scratch) {
        return AppKernelDaemon.config(
                options, scratch.resolve("gvisor"), scratch.resolve("probed"));
    }

    private void print(Preflight.Finding finding) {
        out.println((finding.ok() ? "ok   " : "no   ") + finding.name() + ": " + finding.found());
        if (!finding.advice().isEmpty()) {
            out.println("     " + finding.advice());
        }
    }

    private void print(List<Preflight.Finding> findings) {
        var document = JsonMapper.shared().createObjectNode();
        document.put("kind", AppKernelSandboxer.KIND);
        document.put("ok", findings.stream().allMatch(Preflight.Finding::ok));
        var checks = document.putArray("checks");
        for (var finding : findings) {
            checks.addObject()
                    .put("name", finding.name())
                    .put("ok", finding.ok())
                    .put("found", finding.found())
                    .put("advice", finding.advice());
        }
        out.println(document);
    }
}
