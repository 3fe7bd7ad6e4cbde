// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.ContainerState;
import java.time.Duration;
import picocli.CommandLine.Command;

/** {@code sandboxctl rm}. */
@Command(
        name = "rm",
        description = "Removes containers that have ended.",
        mixinStandardHelpOptions = true)
public final class RmCommand extends RemovalVerb {
    @Override
    KnownIds known(CriClient client) {
        return KnownIds.ofContainers(client);
    }

    @Override
    String kind() {
        return "container";
    }

    @Override
    boolean runs(CriClient client, String id) {
        return client.containerStatus(id).getState() == ContainerState.CONTAINER_RUNNING;
    }

    @Override
    String stopVerb() {
        return "stop";
    }

    @Override
    void stop(CriClient client, String id) {
        client.stopContainer(id, Duration.ZERO);
    }

    @Override
    void remove(CriClient client, String id) {
        client.removeContainer(id);
    }
}
