// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import io.silica.server.config.ConfigFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a command is told that reads a daemon's configuration and starts none.
 *
 * @param files what the daemon would read
 * @param json whether a program reads what is said
 */
record ReadingOptions(ConfigFiles files, boolean json) {
    static final String USAGE = "[--config FILE] [--json]";

    private static final String JSON = "--json";

    /** What the arguments say; empty if they make no sense. */
    static Optional<ReadingOptions> parse(String kind, List<String> arguments) {
        var rest = new ArrayList<>(arguments);
        boolean json = rest.remove(JSON);
        if (rest.isEmpty()) {
            var usual = ConfigFiles.usual(DaemonCommand.usualConfig(kind));
            return Optional.of(new ReadingOptions(usual, json));
        }
        if (rest.size() != 2 || !rest.getFirst().equals(DaemonOptions.CONFIG)) {
            return Optional.empty();
        }
        var named = ConfigFiles.explicit(Path.of(rest.getLast()).toAbsolutePath());
        return Optional.of(new ReadingOptions(named, json));
    }
}
