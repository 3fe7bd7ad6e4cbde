// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.PodSandboxState;
import picocli.CommandLine.Command;

/** {@code sandboxctl rmp}. */
@Command(
        name = "rmp",
        description = "Removes pods that were stopped, with their containers.",
        mixinStandardHelpOptions = true)
public final class RmpCommand extends RemovalVerb {
    @Override
    KnownIds known(CriClient client) {
        return KnownIds.ofPods(client);
    }

    @Override
    String kind() {
        return "pod";
    }

    @Override
    boolean runs(CriClient client, String id) {
        return client.podStatus(id).getState() == PodSandboxState.SANDBOX_READY;
    }

    @Override
    String stopVerb() {
        return "stopp";
    }

    @Override
    void stop(CriClient client, String id) {
        client.stopPod(id);
    }

    @Override
    void remove(CriClient client, String id) {
        client.removePod(id);
    }
}
