// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import io.silica.server.config.Config;
import io.silica.server.config.ConfigFiles;
import io.silica.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The flags that every daemon has. Those that override a setting are named like its key.
 *
 * @param values of those that were given, by flag
 * @param usualConfig what is read without {@code --config}
 */
record DaemonOptions(Map<String, String> values, Path usualConfig) {
    static final String CONFIG = "--config";

    /** That nobody could take for a flag, a file of arguments or a quotation. */
    private static final Pattern PLAIN_VALUE = Pattern.compile("[\\w/.][^\"'\\\\]*");

    /** A flag that overrides the setting of the same name in {@code [server]}. */
    record Setting(String key, String label, String description) {
        String flag() {
            return "--" + key;
        }
    }

    static final List<Setting> SETTINGS =
            List.of(
                    new Setting("listen", "SOCKET", "Serve containerd on this Unix socket."),
                    new Setting("dir", "DIRECTORY", "Keep the state in this directory."),
                    new Setting(
                            "log-level", "LEVEL", "Log from error, warn, info, debug or trace up."),
                    new Setting("log-format", "FORMAT", "Log as text or json."));

    /** Those that have a value. */
    static List<String> flags() {
        return Stream.concat(Stream.of(CONFIG), SETTINGS.stream().map(Setting::flag)).toList();
    }

    /**
     * The options of a command line that has nothing but flags with their values, as a unit or a
     * supervisor writes it. Whatever else there is, right or wrong, is for {@link
     * DaemonCommandLine}, which makes the same of these, but whose library takes a tenth of a
     * daemon's start to load.
     */
    static Optional<DaemonOptions> plain(Path usualConfig, String... arguments) {
        List<String> flags = flags();
        var values = new HashMap<String, String>();
        for (int i = 0; i < arguments.length; i += 2) {
            boolean isPlain =
                    flags.contains(arguments[i])
                            && i + 1 < arguments.length
                            && PLAIN_VALUE.matcher(arguments[i + 1]).matches();
            if (!isPlain || values.put(arguments[i], arguments[i + 1]) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(new DaemonOptions(values, usualConfig));
    }

    ConfigFiles files() {
        String config = values.get(CONFIG);
        return config == null
                ? ConfigFiles.usual(usualConfig)
                : ConfigFiles.explicit(Path.of(config).toAbsolutePath());
    }

    List<Config.FlagValue> overrides() {
        return SETTINGS.stream()
                .filter(setting -> values.containsKey(setting.flag()))
                .map(this::override)
                .toList();
    }

    private Config.FlagValue override(Setting setting) {
        return new Config.FlagValue(
                ServerConfig.SECTION,
                setting.key(),
                setting.flag(),
                values.getOrDefault(setting.flag(), ""));
    }
}
