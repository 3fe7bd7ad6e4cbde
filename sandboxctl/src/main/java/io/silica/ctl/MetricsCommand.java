// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.daemon.MetricsSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code sandboxctl metrics}: what a daemon counts. */
@Command(
        name = "metrics",
        description = "Prints the metrics of the sandboxer daemons, in the OpenMetrics form.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:a daemon does not answer; those of the others are printed",
            "2:the command line is wrong"
        })
final class MetricsCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SandboxCtl ctl;

    @Mixin private StateDirectoryOption daemons = new StateDirectoryOption();

    @Override
    public Integer call() throws IOException {
        int exitCode = ExitCode.OK;
        for (Path state : daemons.directories()) {
            String problem = print(state);
            if (!problem.isEmpty()) {
                ctl.err().printf("sandboxctl: no metrics of %s: %s%n", state, problem);
                exitCode = ExitCode.FAILED;
            }
        }
        ctl.out().flush();
        return exitCode;
    }

    /** Why they could not be had; empty if they could. */
    private String print(Path state) {
        try {
            var answer = new MetricsSocket(state.resolve("metrics.sock")).get("/metrics");
            if (answer.isOk()) {
                ctl.out().print(answer.body());
                return "";
            }
            return answer.body().strip();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
