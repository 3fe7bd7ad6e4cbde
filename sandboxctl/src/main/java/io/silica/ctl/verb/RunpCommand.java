// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cri.ConfigFile;
import io.silica.ctl.cri.CriClient;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sandboxctl runp}. */
@Command(
        name = "runp",
        description = "Runs a pod without containers, and prints its id.",
        mixinStandardHelpOptions = true)
public final class RunpCommand extends Verb {
    @Option(
            names = {"-r", "--runtime"},
            paramLabel = "HANDLER",
            defaultValue = "",
            description = "The runtime handler. Default: containerd's.")
    private String handler = "";

    @Parameters(paramLabel = "POD", description = "The pod's file, JSON or YAML.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path podFile;

    @Override
    int run(CriClient client) {
        console().out().println(client.runPod(ConfigFile.readPod(podFile), handler));
        return ExitCode.OK;
    }
}
