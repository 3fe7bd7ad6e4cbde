// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import io.silica.server.config.Config;
import io.silica.server.config.ConfigEntry;
import io.silica.server.config.ConfigException;
import io.silica.server.config.ConfigReader;
import io.silica.server.config.Origin;
import io.silica.server.config.Problem;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code sandboxctl config VERB --kind KIND}: says what is wrong with a configuration, what the
 * defaults are, or what holds and where that comes from. It reads as the daemon does, and starts
 * none.
 */
final class SettingsCommand {
    /** What asks for it among the daemon's arguments. */
    static final String FLAG = "--settings";

    private static final int OK = 0;
    private static final int NOT_OK = 1;
    private static final int USAGE = 2;

    private final String kind;
    private final Function<ConfigReader, ?> mapping;
    private final PrintStream out;
    private final PrintStream err;

    /**
     * @param kind such as {@code vmm}
     * @param mapping reads all sections of that kind's daemon
     */
    SettingsCommand(
            String kind, Function<ConfigReader, ?> mapping, PrintStream out, PrintStream err) {
        this.kind = kind;
        this.mapping = mapping;
        this.out = out;
        this.err = err;
    }

    /**
     * Does what the verb says, and answers the exit code: 0 if nothing is wrong, 1 if the
     * configuration is, 2 if the command line is.
     */
    int execute(String... arguments) {
        var words = Arrays.asList(arguments);
        var options =
                ReadingOptions.parse(
                        kind, words.isEmpty() ? words : words.subList(1, words.size()));
        if (options.isEmpty()) {
            return refuse();
        }
        return switch (words.isEmpty() ? "" : words.getFirst()) {
            case "check" -> check(options.get());
            case "default" -> printDefaults(options.get());
            case "dump" -> dump(options.get());
            default -> refuse();
        };
    }

    private int refuse() {
        err.println(
                "%s-sandboxer: expected %s check, default or dump, and %s"
                        .formatted(kind, FLAG, ReadingOptions.USAGE));
        return USAGE;
    }

    private int check(ReadingOptions options) {
        var problems = problems(options);
        if (options.json()) {
            printAsJson(problems);
        } else if (problems.isEmpty()) {
            out.println("nothing is wrong with " + options.files().main() + " and its drop-ins");
        } else {
            problems.forEach(out::println);
        }
        return problems.isEmpty() ? OK : NOT_OK;
    }

    private List<Problem> problems(ReadingOptions options) {
        try {
            Config.load(options.files(), List.of(), mapping);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    private int printDefaults(ReadingOptions options) {
        var defaults = Config.defaults(mapping);
        print(defaults, defaults.toCommentedToml(), options);
        return OK;
    }

    private int dump(ReadingOptions options) {
        try {
            var config = Config.load(options.files(), List.of(), mapping);
            print(config, config.toToml(), options);
            return OK;
        } catch (ConfigException e) {
            e.problems().forEach(problem -> err.println(kind + "-sandboxer: " + problem));
            return NOT_OK;
        }
    }

    private void print(Config<?> config, String toml, ReadingOptions options) {
        if (options.json()) {
            printAsJson(config);
        } else {
            out.print(toml);
        }
    }

    private void printAsJson(List<Problem> problems) {
        var document = document().put("ok", problems.isEmpty());
        var list = document.putArray("problems");
        for (var problem : problems) {
            put(problem.origin(), list.addObject())
                    .put("what", problem.what())
                    .put("hint", problem.hint());
        }
        out.println(document);
    }

    private void printAsJson(Config<?> config) {
        var document = document();
        var list = document.putArray("settings");
        for (ConfigEntry entry : config.entries()) {
            var setting = list.addObject().put("section", entry.section()).put("key", entry.key());
            setting.set("value", JsonMapper.shared().valueToTree(entry.plain()));
            put(entry.origin(), setting).put("expected", entry.expected());
        }
        out.println(document);
    }

    private ObjectNode document() {
        return JsonMapper.shared().createObjectNode().put("kind", kind);
    }

    private static ObjectNode put(Origin origin, ObjectNode node) {
        return switch (origin) {
            case Origin.Default _ -> node.put("origin", "default");
            case Origin.Flag(var name) -> node.put("origin", "flag").put("flag", name);
            case Origin.WholeFile(var file) ->
                    node.put("origin", "file").put("file", file.toString());
            case Origin.InFile(var file, var line, var column) ->
                    node.put("origin", "file")
                            .put("file", file.toString())
                            .put("line", line)
                            .put("column", column);
        };
    }
}
