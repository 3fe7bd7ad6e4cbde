// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sandboxctl stop}. */
@Command(
        name = "stop",
        description = "Stops containers by their stop signal, and kills those that go on.",
        mixinStandardHelpOptions = true)
public final class StopCommand extends VerbOfMany {
    @Option(
            names = {"-t", "--grace"},
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "How long after the stop signal they are killed. Default: at once.")
    private int seconds;

    @Override
    KnownIds known(CriClient client) {
        return KnownIds.ofContainers(client);
    }

    @Override
    void act(CriClient client, String id) {
        client.stopContainer(id, Duration.ofSeconds(seconds));
    }
}
