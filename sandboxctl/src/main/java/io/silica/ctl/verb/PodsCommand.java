// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.Table;
import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.PodSandbox;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sandboxctl pods}. */
@Command(name = "pods", description = "Lists pods.", mixinStandardHelpOptions = true)
public final class PodsCommand extends Verb {
    private static final String STATE_PREFIX = "SANDBOX_";

    @Mixin private ListOptions options = new ListOptions();

    @Option(
            names = {"-r", "--runtime"},
            paramLabel = "HANDLER",
            defaultValue = "",
            description = "Those of this runtime handler only.")
    private String handler = "";

    @Override
    int run(CriClient client) {
        var pods =
                client.pods().stream()
                        .filter(pod -> handler.isEmpty() || pod.getRuntimeHandler().equals(handler))
                        .toList();
        if (options.isJson()) {
            Json.printList(console().out(), "items", pods);
        } else if (options.isQuiet()) {
            pods.forEach(pod -> console().out().println(pod.getId()));
        } else {
            print(pods, InstantSource.system().instant());
        }
        return ExitCode.OK;
    }

    private void print(List<PodSandbox> pods, Instant now) {
        var table = new Table("POD", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME");
        for (PodSandbox pod : pods) {
            var metadata = pod.getMetadata();
            table.add(
                    options.id(pod.getId()),
                    Age.of(pod.getCreatedAt(), now),
                    pod.getState().name().replace(STATE_PREFIX, ""),
                    metadata.getName(),
                    metadata.getNamespace(),
                    Integer.toUnsignedString(metadata.getAttempt()),
                    pod.getRuntimeHandler());
        }
        table.print(console().out());
    }
}
