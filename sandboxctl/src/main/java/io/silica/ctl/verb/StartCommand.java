// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import picocli.CommandLine.Command;

/** {@code sandboxctl start}. */
@Command(
        name = "start",
        description = "Starts containers that were created.",
        mixinStandardHelpOptions = true)
public final class StartCommand extends VerbOfMany {
    @Override
    KnownIds known(CriClient client) {
        return KnownIds.ofContainers(client);
    }

    @Override
    void act(CriClient client, String id) {
        client.startContainer(id);
    }
}
