// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cri.CriClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sandboxctl inspect}. */
@Command(
        name = "inspect",
        description = "Prints all that the runtime tells of a container, as JSON.",
        mixinStandardHelpOptions = true)
public final class InspectCommand extends Verb {
    @Mixin
    @SuppressWarnings("unused") // there is one form
    private JsonForm form = new JsonForm();

    @Parameters(paramLabel = "ID", description = "The container's id, or how it begins.")
    private String id = "";

    @Override
    int run(CriClient client) {
        var told = client.inspectContainer(KnownIds.ofContainers(client).only(id));
        Json.printStatus(console().out(), told.getStatus(), told.getInfoMap());
        return ExitCode.OK;
    }
}
