// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.CommandException;
import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.daemon.MetricsSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code sandboxctl metrics}: what a daemon counts. */
@Command(
        name = "metrics",
        description = "Prints the metrics of the sandboxer daemons, in the OpenMetrics form.",
        mixinStandardHelpOptions = true)
final class MetricsCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SandboxCtl ctl;

    @Option(
            names = "--dir",
            paramLabel = "DIRECTORY",
            description = "The daemon's state directory. Default: each that is in /run/silica.")
    private @Nullable Path directory;

    @Override
    public Integer call() throws IOException {
        for (Path state : StateDirectories.of(directory)) {
            var answer = new MetricsSocket(state.resolve("metrics.sock")).get("/metrics");
            if (!answer.isOk()) {
                throw new CommandException(
                        "the daemon of %s gives no metrics: %s"
                                .formatted(state, answer.body().strip()),
                        null);
            }
            ctl.out().print(answer.body());
        }
        ctl.out().flush();
        return ExitCode.OK;
    }
}
