// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which daemons a command is about. */
final class StateDirectoryOption {
    @Option(
            names = "--dir",
            paramLabel = "DIRECTORY",
            description = "The daemon's state directory. Default: each that is in /run/silica.")
    private @Nullable Path directory;

    /** Their state directories: see {@link StateDirectories#of}. */
    List<Path> directories() throws IOException {
        return StateDirectories.of(directory);
    }
}
