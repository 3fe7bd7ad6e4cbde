// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Descriptor;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** The first process of a container. Until it is started runsc knows nothing of the container. */
final class GvisorInit extends GvisorProcess {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ContainerId id;
    private final ContainerPlace place;

    GvisorInit(ContainerId id, ContainerPlace place, Sentry sentry, Runnable onDelete) {
        super("container \"" + id + '"', sentry, onDelete);
        this.id = id;
        this.place = place;
    }

    @Override
    Optional<Descriptor> startNow() {
        try (var streams = place.open(name(), place.stdio())) {
            place.run(id, streams);
            return streams.input();
        }
    }

    @Override
    int awaitStatus() {
        return sentry().control().await("Wait", StringNode.valueOf(id.value())).asInt();
    }

    /** Whoever else is left of the container would keep its output open. */
    @Override
    void ended() {
        try {
            signalNow(Signal.KILL, true);
        } catch (SandboxException _) {
            // Nobody is left.
        }
    }

    @Override
    void signalNow(Signal signal, boolean all) {
        var argument = JSON.createObjectNode().put("CID", id.value()).put("PID", 0);
        argument.put("Signo", signal.number()).put("Mode", all ? 1 : 0);
        sentry().control().call("Signal", argument);
    }

    @Override
    void deleteNow() {
        try {
            sentry().control().call("DestroySubcontainer", StringNode.valueOf(id.value()));
        } catch (SandboxException.NotFound _) {
            // It was never started, or is deleted.
        }
    }
}
