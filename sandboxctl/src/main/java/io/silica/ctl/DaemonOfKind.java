// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.CommandException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that a daemon's program answers: which, and of which configuration. */
abstract class DaemonOfKind implements Callable<Integer> {
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

    @Option(names = "--json", description = "For programs.")
    @SuppressWarnings("unused") // the daemon reads it
    private boolean json;

    /** What gets here no daemon has taken. */
    @Override
    public final Integer call() {
        throw new CommandException(
                "there is no program %s-sandboxer beside sandboxctl, or --kind does not come first"
                        .formatted(kind),
                null);
    }
}
