// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Descriptor;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** A process that was added to a container. */
final class GvisorExec extends GvisorProcess {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ContainerId container;
    private final ExecPlace place;
    private volatile int pid;

    GvisorExec(
            String name,
            ContainerId container,
            ExecPlace place,
            Optional<Terminal> terminal,
            Sentry sentry,
            Runnable onDelete) {
        super(name, terminal, sentry, onDelete);
        this.container = container;
        this.place = place;
    }

    /** It was started by an earlier life of the daemon. */
    void found(int guestPid) {
        pid = guestPid;
        begun();
    }

    @Override
    Optional<Descriptor> startNow(GuestStreams streams) {
        place.noteStarting();
        var opened = opened(streams);
        try {
            execute(opened);
        } finally {
            opened.forEach(Descriptor::close);
        }
        return streams.input();
    }

    private List<Descriptor> opened(GuestStreams streams) {
        try {
            return place.open(name(), streams);
        } catch (SandboxException e) {
            // The sentry has not been asked.
            place.noteNotStarting();
            throw e;
        }
    }

    @Override
    void startNow(Terminal terminal, GuestStreams streams) {
        place.noteStarting();
        place.joinCgroup(terminal.start(streams, false));
        try (var side = terminal.open()) {
            execute(List.of(side, side, side));
            terminal.passSignals(sentry().control().path(), container, pid);
        }
    }

    private void execute(List<Descriptor> descriptors) {
        pid =
                sentry().control()
                        .call("ExecuteAsync", place.request(container), descriptors)
                        .asInt();
        place.noteStarted(pid);
    }

    @Override
    GuestStreams streams() {
        return place.streams(name());
    }

    @Override
    int awaitStatus() {
        var argument = JSON.createObjectNode().put("PID", pid).put("CID", container.value());
        return sentry().control().await("WaitPID", argument).asInt();
    }

    @Override
    void ended() {}

    @Override
    void signalNow(Signal signal, boolean all) {
        var argument = JSON.createObjectNode().put("CID", container.value()).put("PID", pid);
        argument.put("Signo", signal.number()).put("Mode", 0);
        sentry().control().call("Signal", argument);
    }

    /** It has done so when it told the end. */
    @Override
    void deleteNow() {}
}
