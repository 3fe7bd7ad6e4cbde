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

    GvisorInit(
            ContainerId id,
            ContainerPlace place,
            Optional<Terminal> terminal,
            Sentry sentry,
            Runnable onDelete) {
        super(name(id), terminal, sentry, onDelete);
        this.id = id;
        this.place = place;
    }

    static String name(ContainerId id) {
        return "container \"" + id + '"';
    }

    @Override
    Optional<Descriptor> startNow(GuestStreams streams) {
        place.run(id, streams);
        return streams.input();
    }

    @Override
    void startNow(Terminal terminal, GuestStreams streams) {
        terminal.start(streams, true);
        terminal.passSignals(sentry().control().path(), id, 0);
        place.run(id, terminal);
    }

    @Override
    GuestStreams streams() {
        return place.streams(name(), place.stdio());
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

    /** What is paused could not be killed. */
    @Override
    void signalNow(Signal signal, boolean all) {
        var argument = JSON.createObjectNode().put("CID", id.value()).put("PID", 0);
        argument.put("Signo", signal.number()).put("Mode", all ? 1 : 0);
        sentry().control().call("Signal", argument);
        if (signal.equals(Signal.KILL) && sentry().freeze().isFrozen()) {
            sentry().freeze().resume();
        }
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
