// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import io.silica.server.config.ConfigException;
import io.silica.server.config.ConfigFiles;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code sandboxctl check --kind KIND}: says, without a daemon, what pods need and do not find, and
 * how to get it. It reads the configuration as the daemon does.
 */
public final class CheckCommand {
    /** What asks for it among the daemon's arguments. */
    public static final String FLAG = "--check";

    private static final int OK = 0;
    private static final int NOT_OK = 1;
    private static final int USAGE = 2;

    private final String kind;
    private final List<String> flags;
    private final Preflight preflight;
    private final PrintStream out;
    private final PrintStream err;

    /** What a kind looks for. */
    @FunctionalInterface
    public interface Preflight {
        /**
         * Looks for everything.
         *
         * @param flags those of its own that were given
         * @throws ConfigException if the configuration cannot be used
         */
        List<Finding> look(ConfigFiles files, Set<String> flags);
    }

    /**
     * @param kind such as {@code vmm}
     * @param flags that the kind knows beside {@code --json}
     */
    public CheckCommand(
            String kind,
            List<String> flags,
            Preflight preflight,
            PrintStream out,
            PrintStream err) {
        this.kind = kind;
        this.flags = List.copyOf(flags);
        this.preflight = preflight;
        this.out = out;
        this.err = err;
    }

    /**
     * Looks, says what there is, and answers the exit code: 0 if pods can be run, 1 if not, 2 if
     * the command line or the configuration is wrong.
     */
    public int execute(String... arguments) {
        var rest = new ArrayList<>(Arrays.asList(arguments));
        var given = new HashSet<>(rest);
        given.retainAll(flags);
        rest.removeAll(given);
        var options = ReadingOptions.parse(kind, rest);
        if (options.isEmpty()) {
            err.println("%s-sandboxer: expected %s".formatted(kind, usage()));
            return USAGE;
        }
        try {
            return say(
                    preflight.look(options.get().files(), Set.copyOf(given)), options.get().json());
        } catch (ConfigException e) {
            e.problems().forEach(problem -> err.println(kind + "-sandboxer: " + problem));
            return USAGE;
        }
    }

    private String usage() {
        return FLAG
                + " "
                + ReadingOptions.USAGE
                + flags.stream().map(it -> " [" + it + "]").collect(Collectors.joining());
    }

    private int say(List<Finding> findings, boolean json) {
        if (json) {
            print(findings);
        } else {
            findings.forEach(this::print);
        }
        return findings.stream().allMatch(Finding::ok) ? OK : NOT_OK;
    }

    private void print(Finding finding) {
        out.println((finding.ok() ? "ok   " : "no   ") + finding.name() + ": " + finding.found());
        if (!finding.advice().isEmpty()) {
            out.println("     " + finding.advice());
        }
    }

    private void print(List<Finding> findings) {
        var document = JsonMapper.shared().createObjectNode();
        document.put("kind", kind);
        document.put("ok", findings.stream().allMatch(Finding::ok));
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
