// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sandboxctl stop}. */
@Command(
        name = "stop",
        description = "Stops containers by their stop signal, and kills those that go on.",
        mixinStandardHelpOptions = true)
public final class StopCommand extends VerbOfMany {
    @Option(
            names = {"-t", "--timeout", "--grace"},
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "How long after the stop signal they are killed. Default: at once.")
    private int seconds;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    KnownIds known(CriClient client) {
        return KnownIds.ofContainers(client);
    }

    @Override
    void act(CriClient client, String id) {
        if (seconds < 0) {
            throw new ParameterException(spec.commandLine(), "--timeout: less than no time");
        }
        client.stopContainer(id, Duration.ofSeconds(seconds));
    }
}
