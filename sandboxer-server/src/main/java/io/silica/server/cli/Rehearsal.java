// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import io.silica.linux.FileTree;
import io.silica.server.config.DaemonConfig;
import io.silica.server.config.ServerConfig;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a standby does before it waits: it runs the daemon once, where that disturbs nobody. One
 * that fails costs its use only, and is told.
 */
final class Rehearsal {
    private static final System.Logger LOG = System.getLogger(Rehearsal.class.getName());

    /** Below the state directory, which is the daemon's alone. */
    private static final String DIRECTORY = "standby";

    private Rehearsal() {}

    /**
     * Runs it.
     *
     * @param config of the daemon that this process may become
     * @param daemon runs and ends; its configuration leads to an empty directory
     */
    static void run(DaemonConfig config, Consumer<DaemonConfig> daemon) {
        Path directory = config.server().dir().resolve(DIRECTORY);
        try {
            FileTree.remove(directory);
            daemon.accept(in(directory, config));
            FileTree.remove(directory);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.ERROR, "the rehearsal of a standby failed: it will start more slowly", e);
        }
    }

    /** Without a holder: the one that there is keeps what the daemon of now serves. */
    private static DaemonConfig in(Path directory, DaemonConfig config) {
        ServerConfig server = config.server();
        return new DaemonConfig(
                new ServerConfig(
                        directory.resolve("listen.sock"),
                        directory,
                        directory.resolve("task.sock"),
                        Optional.empty(),
                        server.logLevel(),
                        server.logFormat(),
                        server.metricsSocket().map(_ -> directory.resolve("metrics.sock")),
                        Duration.ZERO),
                config.limits(),
                config.containerd(),
                config.stats());
    }
}
