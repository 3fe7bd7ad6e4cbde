// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.server.config.Config;
import io.silica.server.config.ConfigReader;
import io.silica.server.config.DaemonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The configuration that is installed with a kind, in {@code packaging/config/}. */
public final class InstalledConfig {
    private static final Pattern SETTING = Pattern.compile("# [a-z-]+ = .*");

    /** What follows a value; no default has a number sign. */
    private static final Pattern REMARK = Pattern.compile("(?<=.)\\s+#.*");

    private InstalledConfig() {}

    /**
     * Asserts that it shows every section and setting with its default, and no other.
     *
     * @param kind such as {@code wasm}
     * @param sections reads those of the kind
     */
    public static void assertShowsTheDefaults(String kind, Function<ConfigReader, ?> sections)
            throws IOException {
        var installed = Files.readString(Path.of("../packaging/config/" + kind + ".toml"));

        assertThat(settings(installed))
                .containsExactlyInAnyOrderElementsOf(settings(defaults(kind, sections)));
    }

    private static String defaults(String kind, Function<ConfigReader, ?> sections) {
        return Config.defaults(
                        reader -> List.of(DaemonConfig.read(reader, kind), sections.apply(reader)))
                .toCommentedToml();
    }

    /** Each setting behind the heading of its section. */
    private static List<String> settings(String toml) {
        var settings = new ArrayList<String>();
        var section = "";
        for (var line : toml.lines().toList()) {
            if (line.startsWith("[")) {
                section = line;
            } else if (SETTING.matcher(line).matches()) {
                settings.add(section + REMARK.matcher(line).replaceFirst(""));
            }
        }
        return settings;
    }
}
