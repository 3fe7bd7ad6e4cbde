// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import io.silica.server.logging.LogFormat;
import io.silica.server.logging.LogLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The section {@code [server]}: where the daemon listens, keeps its state and reports to.
 *
 * @param listen the socket of the Controller service
 * @param dir the state directory, which belongs to this daemon alone
 * @param taskSocket the socket of the Task service
 * @param holder the channel of the process that accepts and keeps task connections, if one shall be
 *     looked for
 * @param metricsSocket the socket of metrics and health checks, if there shall be one
 * @param shutdownGrace how long open calls may take to end after SIGTERM
 */
public record ServerConfig(
        Path listen,
        Path dir,
        Path taskSocket,
        Optional<Path> holder,
        LogLevel logLevel,
        LogFormat logFormat,
        Optional<Path> metricsSocket,
        Duration shutdownGrace) {
    public static final String SECTION = "server";

    /** The defaults of a kind such as {@code wasm}. */
    public static ServerConfig defaults(String kind) {
        return in(Path.of("/run/" + kind + "-sandboxer.sock"), Path.of("/run/silica", kind));
    }

    static ServerConfig read(ConfigSection section, String kind) {
        var usual = defaults(kind);
        var listen = section.socket("listen", usual.listen);
        var defaults = in(listen, section.path("dir", usual.dir));
        return new ServerConfig(
                listen,
                defaults.dir,
                section.socket("task-socket", defaults.taskSocket),
                section.optionalSocket("holder", defaults.holder),
                section.oneOf("log-level", defaults.logLevel),
                section.oneOf("log-format", defaults.logFormat),
                section.optionalSocket("metrics-socket", defaults.metricsSocket),
                section.duration(
                        "shutdown-grace",
                        defaults.shutdownGrace,
                        Duration.ZERO,
                        Duration.ofMinutes(10)));
    }

    /** The sockets that are not named live in the state directory, wherever that is. */
    private static ServerConfig in(Path listen, Path dir) {
        return new ServerConfig(
                listen,
                dir,
                dir.resolve("task.sock"),
                Optional.of(dir.resolve("holder.sock")),
                LogLevel.INFO,
                LogFormat.TEXT,
                Optional.of(dir.resolve("metrics.sock")),
                Duration.ofSeconds(10));
    }
}
