// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import picocli.CommandLine.Command;

/** {@code sandboxctl stopp}. */
@Command(
        name = "stopp",
        description = "Stops pods and kills their containers.",
        mixinStandardHelpOptions = true)
public final class StoppCommand extends VerbOfMany {
    @Override
    KnownIds known(CriClient client) {
        return KnownIds.ofPods(client);
    }

    @Override
    void act(CriClient client, String id) {
        client.stopPod(id);
    }
}
