// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.CommandException;
import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.WantedStreams;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sandboxctl exec}. */
@Command(
        name = "exec",
        description = "Runs a command in a container, and ends as it ends.",
        mixinStandardHelpOptions = true,
        exitCodeOnExecutionException = ExitCode.NOT_RUN,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "N:the command's",
            "2:the command line is wrong",
            "125:the command could not be run"
        })
public final class ExecCommand extends InteractiveVerb {
    @Parameters(
            index = "0",
            paramLabel = "ID",
            description = "The container's id, or how it begins.")
    private String id = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "The command and its arguments; behind -- they may begin with a dash.")
    private List<String> command = List.of();

    @Override
    int run(CriClient client) throws IOException, InterruptedException {
        return connect(client)
                .orElseThrow(() ->
                        new CommandException(
                                "the connection ended before the command; it may run on", null));
    }

    @Override
    URI url(CriClient client, WantedStreams wanted) {
        return client.execUrl(KnownIds.ofContainers(client).only(id), command, wanted);
    }
}
