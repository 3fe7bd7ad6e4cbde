// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

/** The sections that every daemon has. A kind holds this beside the records of its own sections. */
public record DaemonConfig(
        ServerConfig server, LimitsConfig limits, ContainerdConfig containerd, StatsConfig stats) {
    /** The defaults of a kind such as {@code wasm}. */
    public static DaemonConfig defaults(String kind) {
        return new DaemonConfig(
                ServerConfig.defaults(kind),
                LimitsConfig.DEFAULT,
                ContainerdConfig.DEFAULT,
                StatsConfig.DEFAULT);
    }

    /** Reads the common sections of a kind such as {@code wasm}. */
    public static DaemonConfig read(ConfigReader reader, String kind) {
        return new DaemonConfig(
                ServerConfig.read(reader.section(ServerConfig.SECTION), kind),
                LimitsConfig.read(reader.section(LimitsConfig.SECTION)),
                ContainerdConfig.read(reader.section(ContainerdConfig.SECTION)),
                StatsConfig.read(reader.section(StatsConfig.SECTION)));
    }
}
