// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sandboxctl rm}. */
@Command(
        name = "rm",
        description = "Removes containers that have ended.",
        mixinStandardHelpOptions = true)
public final class RmCommand extends VerbOfMany {
    @Option(
            names = {"-f", "--force"},
            description = "Kill those that run.")
    private boolean force;

    @Override
    KnownIds known(CriClient client) {
        return KnownIds.ofContainers(client);
    }

    @Override
    void act(CriClient client, String id) {
        if (force) {
            client.stopContainer(id, Duration.ZERO);
        }
        client.removeContainer(id);
    }
}
