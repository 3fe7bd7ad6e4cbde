// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import io.silica.server.config.Config;
import io.silica.server.config.ConfigFiles;
import io.silica.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The flags that every daemon has. Those that override a setting are named like its key. */
record DaemonOptions(ParseResult parsed, Path usualConfig) {
    /** A flag that overrides the setting of the same name in {@code [server]}. */
    private record Setting(String key, String label, String description) {
        private String flag() {
            return "--" + key;
        }

        private OptionSpec option() {
            return DaemonOptions.option(flag(), label, description);
        }
    }

    private static final List<Setting> SETTINGS =
            List.of(
                    new Setting("listen", "SOCKET", "Serve containerd on this Unix socket."),
                    new Setting("dir", "DIRECTORY", "Keep the state in this directory."),
                    new Setting(
                            "log-level", "LEVEL", "Log from error, warn, info, debug or trace up."),
                    new Setting("log-format", "FORMAT", "Log as text or json."));

    /** A command line with these flags. */
    static CommandLine commandLine(String name, String kind, Path usualConfig) {
        var command = CommandSpec.create().name(name);
        command.usageMessage()
                .description("Runs the pods of the runtime handler " + kind + " for containerd.");
        SETTINGS.forEach(setting -> command.addOption(setting.option()));
        command.addOption(
                option(
                        "--config",
                        "FILE",
                        "Read this configuration and its drop-ins FILE.d/NN-*.toml. Usual: "
                                + usualConfig));
        command.addOption(
                OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Print the version.")
                        .build());
        command.addOption(
                OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Print this help.")
                        .build());
        return new CommandLine(command);
    }

    ConfigFiles files() {
        return parsed.hasMatchedOption("--config")
                ? ConfigFiles.explicit(Path.of(value("--config")).toAbsolutePath())
                : ConfigFiles.usual(usualConfig);
    }

    List<Config.FlagValue> overrides() {
        var overrides = new ArrayList<Config.FlagValue>();
        for (var setting : SETTINGS) {
            if (parsed.hasMatchedOption(setting.flag())) {
                overrides.add(
                        new Config.FlagValue(
                                ServerConfig.SECTION,
                                setting.key(),
                                setting.flag(),
                                value(setting.flag())));
            }
        }
        return List.copyOf(overrides);
    }

    private String value(String flag) {
        return parsed.matchedOptionValue(flag, "");
    }

    private static OptionSpec option(String flag, String label, String description) {
        return OptionSpec.builder(flag)
                .type(String.class)
                .paramLabel(label)
                .description(description)
                .build();
    }
}
