// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.CommandException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which daemon's program answers a command, and of which configuration. */
final class DaemonOfKind {
    @Option(
            names = "--kind",
            required = true,
            paramLabel = "KIND",
            description = "Such as appkernel. It comes first.")
    private String kind = "";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The daemon's configuration. Default: /etc/silica/KIND.toml.")
    @SuppressWarnings("unused") // the daemon reads it
    private @Nullable Path config;

    /** Why the start script has become none. */
    CommandException isNotThere() {
        return new CommandException(
                "there is no program %s-sandboxer beside sandboxctl, or --kind does not come first"
                        .formatted(kind),
                null);
    }
}
