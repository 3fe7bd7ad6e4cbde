// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.util.List;
import java.util.function.Function;

/**
 * A valid configuration.
 *
 * @param value the records of all sections
 * @param entries every setting with the place it came from, in the order of reading
 */
public record Config<T>(T value, List<ConfigEntry> entries) {
    public Config {
        entries = List.copyOf(entries);
    }

    /** A setting that a flag of the command line overrides: {@code server.listen}, say. */
    public record FlagValue(String section, String key, String flag, String value) {}

    /**
     * Reads the files and applies the flags.
     *
     * @param mapping makes the records out of the sections; it is called once, also when files have
     *     problems already, and should read all sections
     * @throws ConfigException naming all problems of all layers
     */
    public static <T> Config<T> load(
            ConfigFiles files, List<FlagValue> flags, Function<ConfigReader, T> mapping) {
        var tree = new ConfigTree();
        files.readInto(tree);
        for (var flag : flags) {
            tree.add(flag.section, flag.key, new RawValue(flag.value, new Origin.Flag(flag.flag)));
        }
        return read(tree, mapping);
    }

    /** What holds where there is neither a file nor a flag. */
    public static <T> Config<T> defaults(Function<ConfigReader, T> mapping) {
        return read(new ConfigTree(), mapping);
    }

    private static <T> Config<T> read(ConfigTree tree, Function<ConfigReader, T> mapping) {
        var reader = new ConfigReader(tree);
        var value = mapping.apply(reader);
        return new Config<>(value, reader.finish());
    }

    /** The whole configuration as a TOML file, with the origin of each value as a comment. */
    public String toToml() {
        return toToml(entry -> setting(entry, entry.origin()));
    }

    /** The same with each setting commented out, beside what may stand there. */
    public String toCommentedToml() {
        return toToml(entry -> "# " + setting(entry, entry.expected()));
    }

    private static String setting(ConfigEntry entry, Object remark) {
        return entry.key() + " = " + entry.value() + "  # " + remark;
    }

    private String toToml(Function<ConfigEntry, String> line) {
        var text = new StringBuilder();
        var section = "";
        for (var entry : entries) {
            if (!entry.section().equals(section)) {
                section = entry.section();
                text.append(text.isEmpty() ? "" : "\n").append('[').append(section).append("]\n");
            }
            text.append(line.apply(entry)).append('\n');
        }
        return text.toString();
    }
}
