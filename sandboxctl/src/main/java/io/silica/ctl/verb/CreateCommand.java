// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cri.ConfigFile;
import io.silica.ctl.cri.CriClient;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sandboxctl create}. */
@Command(
        name = "create",
        description = {
            "Creates a container in a pod, and prints its id.",
            "Its image is pulled if it is not there."
        },
        mixinStandardHelpOptions = true)
public final class CreateCommand extends Verb {
    @Parameters(index = "0", paramLabel = "ID", description = "The pod's id, or how it begins.")
    private String pod = "";

    @Parameters(
            index = "1",
            paramLabel = "CONTAINER",
            description = "The container's file, JSON or YAML.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path containerFile;

    @Parameters(
            index = "2",
            paramLabel = "POD",
            description = "The file that the pod was run from.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path podFile;

    @Override
    int run(CriClient client) {
        var podConfig = ConfigFile.readPod(podFile);
        var config = ConfigFile.readContainer(containerFile);
        client.ensureImage(config.getImage());
        String id = KnownIds.ofPods(client).only(pod);
        console().out().println(client.createContainer(id, config, podConfig));
        return ExitCode.OK;
    }
}
