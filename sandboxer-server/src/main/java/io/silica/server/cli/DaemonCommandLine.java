// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import io.silica.server.cli.DaemonOptions.Setting;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Every command line of a daemon that is more than flags with their values. */
final class DaemonCommandLine {
    private final String name;
    private final Path usualConfig;
    private final CommandLine commandLine;

    /**
     * @param name of the program
     * @param kind of its pods
     * @param usualConfig what is read without {@code --config}
     */
    DaemonCommandLine(String name, String kind, Path usualConfig) {
        this.name = name;
        this.usualConfig = usualConfig;
        this.commandLine = new CommandLine(command(kind));
    }

    /** The options as they are defined. */
    CommandSpec definition() {
        return commandLine.getCommandSpec();
    }

    /**
     * Starts the daemon, or says what was asked for or is wrong.
     *
     * @param sayVersion says what {@code --version} asks for
     * @param start starts it with its options, and answers the exit code
     */
    int execute(
            PrintStream out,
            PrintStream err,
            Runnable sayVersion,
            ToIntFunction<DaemonOptions> start,
            String... arguments) {
        DaemonOptions options;
        try {
            options = options(arguments);
        } catch (ParameterException e) {
            err.println(name + ": " + e.getMessage() + ": see " + name + " --help");
            return DaemonCommand.USAGE;
        }
        return isAnswered(out, sayVersion) ? DaemonCommand.OK : start.applyAsInt(options);
    }

    /**
     * What the arguments say.
     *
     * @throws ParameterException if they make no sense
     */
    DaemonOptions options(String... arguments) {
        ParseResult parsed = commandLine.parseArgs(arguments);
        var values = new HashMap<String, String>();
        for (String flag : DaemonOptions.flags()) {
            if (parsed.hasMatchedOption(flag)) {
                values.put(flag, parsed.matchedOptionValue(flag, ""));
            }
        }
        return new DaemonOptions(values, usualConfig);
    }

    private boolean isAnswered(PrintStream out, Runnable sayVersion) {
        if (commandLine.isUsageHelpRequested()) {
            commandLine.usage(out);
            return true;
        }
        if (commandLine.isVersionHelpRequested()) {
            sayVersion.run();
            return true;
        }
        return false;
    }

    private CommandSpec command(String kind) {
        var command = CommandSpec.create().name(name);
        command.usageMessage()
                .description("Runs the pods of the runtime handler " + kind + " for containerd.");
        DaemonOptions.SETTINGS.forEach(setting -> command.addOption(option(setting)));
        command.addOption(
                option(
                        DaemonOptions.CONFIG,
                        "FILE",
                        "Read this configuration and its drop-ins FILE.d/NN-*.toml. Usual: "
                                + usualConfig));
        command.addOption(
                OptionSpec.builder(DaemonCommand.VERSION)
                        .versionHelp(true)
                        .description("Print the version.")
                        .build());
        command.addOption(
                OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Print this help.")
                        .build());
        return command;
    }

    private static OptionSpec option(Setting setting) {
        return option(setting.flag(), setting.label(), setting.description());
    }

    private static OptionSpec option(String flag, String label, String description) {
        return OptionSpec.builder(flag)
                .type(String.class)
                .paramLabel(label)
                .description(description)
                .build();
    }
}
