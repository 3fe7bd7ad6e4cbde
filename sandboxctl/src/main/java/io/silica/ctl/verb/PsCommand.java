// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.Table;
import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.Container;
import io.silica.proto.cri.ContainerState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sandboxctl ps}. */
@Command(name = "ps", description = "Lists containers that run.", mixinStandardHelpOptions = true)
public final class PsCommand extends Verb {
    private static final String STATE_PREFIX = "CONTAINER_";

    @Mixin private ListOptions options = new ListOptions();

    @Option(
            names = {"-a", "--all"},
            description = "Those that do not run, too.")
    private boolean all;

    @Option(
            names = {"-p", "--pod"},
            paramLabel = "ID",
            defaultValue = "",
            description = "Those of one pod only.")
    private String pod = "";

    @Override
    int run(CriClient client) {
        var containers = client.containers().stream().filter(this::isWanted).toList();
        if (options.isJson()) {
            Json.printList(console().out(), "containers", containers);
        } else if (options.isQuiet()) {
            containers.forEach(container -> console().out().println(container.getId()));
        } else {
            print(containers, InstantSource.system().instant());
        }
        return ExitCode.OK;
    }

    private boolean isWanted(Container container) {
        return (all || container.getState() == ContainerState.CONTAINER_RUNNING)
                && container.getPodSandboxId().startsWith(pod);
    }

    private void print(List<Container> containers, Instant now) {
        var table = new Table("CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD");
        for (Container container : containers) {
            table.add(
                    options.id(container.getId()),
                    container.getImage().getImage(),
                    Age.of(container.getCreatedAt(), now),
                    container.getState().name().replace(STATE_PREFIX, ""),
                    container.getMetadata().getName(),
                    Integer.toUnsignedString(container.getMetadata().getAttempt()),
                    options.id(container.getPodSandboxId()));
        }
        table.print(console().out());
    }
}
