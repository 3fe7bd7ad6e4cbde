// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.Table;
import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.PodSandbox;
import io.silica.proto.cri.PodSandboxFilter;
import io.silica.proto.cri.PodSandboxState;
import io.silica.proto.cri.PodSandboxStateValue;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sandboxctl pods}. */
@Command(name = "pods", description = "Lists pods.", mixinStandardHelpOptions = true)
public final class PodsCommand extends Verb {
    private static final String STATE_PREFIX = "SANDBOX_";

    @Mixin private ListOptions options = new ListOptions();

    @Mixin private ListFilter filter = new ListFilter();

    @Option(
            names = {"-s", "--state"},
            paramLabel = "STATE",
            description = "Those in this state only: ${COMPLETION-CANDIDATES}.")
    private @Nullable State state;

    @Option(
            names = "--namespace",
            paramLabel = "REGEX",
            defaultValue = "",
            description = "Those of such a namespace only.")
    private Pattern namespace = Pattern.compile("");

    @Option(
            names = {"-r", "--runtime"},
            paramLabel = "HANDLER",
            defaultValue = "",
            description = "Those of this runtime handler only.")
    private String handler = "";

    @Override
    int run(CriClient client) {
        var pods =
                filter.of(
                        client.pods(asked()).stream().filter(this::isWanted).toList(),
                        pod -> pod.getMetadata().getName(),
                        PodSandbox::getCreatedAt);
        if (options.isJson()) {
            Json.printList(console().out(), "items", pods);
        } else if (options.isQuiet()) {
            pods.forEach(pod -> console().out().println(pod.getId()));
        } else {
            print(pods, InstantSource.system().instant());
        }
        return ExitCode.OK;
    }

    /** What the runtime can tell apart itself. */
    private PodSandboxFilter asked() {
        var asked = PodSandboxFilter.newBuilder().putAllLabelSelector(filter.labels());
        if (state != null && !filter.isOfLast()) {
            asked.setState(PodSandboxStateValue.newBuilder().setState(state.asked));
        }
        return asked.build();
    }

    private boolean isWanted(PodSandbox pod) {
        return (handler.isEmpty() || pod.getRuntimeHandler().equals(handler))
                && namespace.matcher(pod.getMetadata().getNamespace()).find();
    }

    private enum State {
        ready(PodSandboxState.SANDBOX_READY),
        notready(PodSandboxState.SANDBOX_NOTREADY);

        private final PodSandboxState asked;

        State(PodSandboxState asked) {
            this.asked = asked;
        }
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
