// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.Table;
import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.Container;
import io.silica.proto.cri.ContainerFilter;
import io.silica.proto.cri.ContainerState;
import io.silica.proto.cri.ContainerStateValue;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sandboxctl ps}. */
@Command(name = "ps", description = "Lists containers that run.", mixinStandardHelpOptions = true)
public final class PsCommand extends Verb {
    private static final String STATE_PREFIX = "CONTAINER_";

    @Mixin private ListOptions options = new ListOptions();

    @Mixin private ListFilter filter = new ListFilter();

    @Option(
            names = {"-s", "--state"},
            paramLabel = "STATE",
            description = "Those in this state only: ${COMPLETION-CANDIDATES}.")
    private @Nullable State state;

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            defaultValue = "",
            description = "Those of this image only, or of one whose name or id begins so.")
    private String image = "";

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
        var containers =
                filter.of(
                        client.containers(asked()).stream().filter(this::isWanted).toList(),
                        container -> container.getMetadata().getName(),
                        Container::getCreatedAt);
        if (options.isJson()) {
            Json.printList(console().out(), "containers", containers);
        } else if (options.isQuiet()) {
            containers.forEach(container -> console().out().println(container.getId()));
        } else {
            print(containers, InstantSource.system().instant());
        }
        return ExitCode.OK;
    }

    /** What the runtime can tell apart itself: usually it is asked for those that run. */
    private ContainerFilter asked() {
        var asked = ContainerFilter.newBuilder().putAllLabelSelector(filter.labels());
        if (filter.isOfLast()) {
            return asked.build();
        }
        if (state != null) {
            asked.setState(ContainerStateValue.newBuilder().setState(state.asked));
        } else if (!all) {
            asked.setState(
                    ContainerStateValue.newBuilder().setState(ContainerState.CONTAINER_RUNNING));
        }
        return asked.build();
    }

    private boolean isWanted(Container container) {
        return container.getPodSandboxId().startsWith(pod)
                && (container.getImage().getImage().startsWith(image)
                        || container.getImageRef().startsWith(image));
    }

    private enum State {
        created(ContainerState.CONTAINER_CREATED),
        running(ContainerState.CONTAINER_RUNNING),
        exited(ContainerState.CONTAINER_EXITED),
        unknown(ContainerState.CONTAINER_UNKNOWN);

        private final ContainerState asked;

        State(ContainerState asked) {
            this.asked = asked;
        }
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
