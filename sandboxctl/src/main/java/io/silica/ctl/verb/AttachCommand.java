// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.WantedStreams;
import java.io.IOException;
import java.net.URI;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sandboxctl attach}. */
@Command(
        name = "attach",
        description = "Connects to the streams of a container's first process, until it ends.",
        mixinStandardHelpOptions = true)
public final class AttachCommand extends InteractiveVerb {
    @Parameters(paramLabel = "ID", description = "The container's id, or how it begins.")
    private String id = "";

    @Override
    int run(CriClient client) throws IOException, InterruptedException {
        return connect(client).orElse(ExitCode.OK);
    }

    @Override
    URI url(CriClient client, WantedStreams wanted) {
        return client.attachUrl(KnownIds.ofContainers(client).only(id), wanted);
    }
}
