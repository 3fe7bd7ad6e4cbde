// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cri.CriClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sandboxctl inspectp}. */
@Command(
        name = "inspectp",
        description = "Prints all that the runtime tells of a pod, as JSON.",
        mixinStandardHelpOptions = true)
public final class InspectpCommand extends Verb {
    @Mixin
    @SuppressWarnings("unused") // there is one form
    private JsonForm form = new JsonForm();

    @Parameters(paramLabel = "ID", description = "The pod's id, or how it begins.")
    private String id = "";

    @Override
    int run(CriClient client) {
        var told = client.inspectPod(KnownIds.ofPods(client).only(id));
        Json.printStatus(console().out(), told.getStatus(), told.getInfoMap());
        return ExitCode.OK;
    }
}
