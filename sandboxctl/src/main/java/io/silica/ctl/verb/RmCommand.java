// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.ContainerState;
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

    /** CRI would kill one that runs without a word. */
    @Override
    void act(CriClient client, String id) {
        if (client.containerStatus(id).getState() == ContainerState.CONTAINER_RUNNING) {
            if (!force) {
                throw new RefusedException(
                        "container %s runs; stop it with stop, or remove it with --force"
                                .formatted(id));
            }
            client.stopContainer(id, Duration.ZERO);
        }
        client.removeContainer(id);
    }
}
