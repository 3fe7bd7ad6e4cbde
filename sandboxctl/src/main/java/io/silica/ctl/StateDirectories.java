// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state directories that a command is about. */
final class StateDirectories {
    private static final Path ALL_KINDS = Path.of("/run/silica");

    private StateDirectories() {}

    /**
     * The one that was chosen, or those where daemons have theirs by default.
     *
     * @throws CommandException if there are none
     */
    static List<Path> of(@Nullable Path chosen) throws IOException {
        if (chosen != null) {
            return List.of(chosen);
        }
        if (!Files.isDirectory(ALL_KINDS)) {
            throw new CommandException(
                    "there is no directory %s: no daemon has run since this machine was started, or its --dir is another"
                            .formatted(ALL_KINDS),
                    null);
        }
        try (var kinds = Files.list(ALL_KINDS)) {
            return kinds.filter(Files::isDirectory).sorted().toList();
        }
    }
}
