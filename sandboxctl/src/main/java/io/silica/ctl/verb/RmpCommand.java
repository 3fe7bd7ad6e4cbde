// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.PodSandboxState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sandboxctl rmp}. */
@Command(
        name = "rmp",
        description = "Removes pods that were stopped, with their containers.",
        mixinStandardHelpOptions = true)
public final class RmpCommand extends VerbOfMany {
    @Option(
            names = {"-f", "--force"},
            description = "Stop those that run.")
    private boolean force;

    @Override
    KnownIds known(CriClient client) {
        return KnownIds.ofPods(client);
    }

    /** CRI would end a pod that runs without a word. */
    @Override
    void act(CriClient client, String id) {
        if (client.podStatus(id).getState() == PodSandboxState.SANDBOX_READY) {
            if (!force) {
                throw new RefusedException(
                        "pod %s runs; stop it with stopp, or remove it with --force".formatted(id));
            }
            client.stopPod(id);
        }
        client.removePod(id);
    }
}
