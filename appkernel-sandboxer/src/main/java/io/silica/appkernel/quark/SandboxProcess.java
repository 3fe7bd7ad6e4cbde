// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.Child;
import io.silica.linux.Epoll;
import io.silica.linux.OwnFiles;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The process that a sandbox is. Closing it lets go of the process; it lives on. */
final class SandboxProcess implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String RESIDENT = "VmRSS:";
    private static final int KIB = 1024;

    private final ProcessIdentity identity;
    private final Child child;
    private final Exit death = new Exit();
    private final Poller.Watch watch;

    private SandboxProcess(ProcessIdentity identity, Child child, Poller poller) {
        this.identity = identity;
        this.child = child;
        this.watch = poller.watch(child.pidfd().descriptor(), Epoll.READABLE, this::ended);
    }

    /** The very one that has that identity; empty if it is gone. */
    static Optional<SandboxProcess> find(ProcessIdentity identity, Poller poller) {
        return Child.adopt(identity).map(it -> new SandboxProcess(identity, it, poller));
    }

    static SandboxException endedAtOnce() {
        return new SandboxException.Failed("the process of Quark ended when it had just begun");
    }

    /** Writes down what finds it again. */
    static void save(ProcessIdentity identity, QuarkPlaces places) {
        var node = JSON.createObjectNode().put("pid", identity.pid());
        node.put("start-time", identity.startTime());
        OwnFiles.write(places.process(), JSON.writeValueAsBytes(node));
    }

    /** What {@link #save} wrote down; empty if there is nothing, or nothing that makes sense. */
    static Optional<ProcessIdentity> load(QuarkPlaces places) {
        return OwnFiles.read(places.process()).flatMap(SandboxProcess::parse);
    }

    private static Optional<ProcessIdentity> parse(byte[] text) {
        try {
            var node = JSON.readTree(new String(text, StandardCharsets.UTF_8));
            return node.path("pid").isInt() && node.path("start-time").isIntegralNumber()
                    ? Optional.of(
                            new ProcessIdentity(
                                    node.path("pid").asInt(), node.path("start-time").asLong()))
                    : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    ProcessIdentity identity() {
        return identity;
    }

    /** Its end, with the status that everything in it has by that. */
    Exit death() {
        return death;
    }

    boolean isAlive() {
        return death.status().isEmpty() && !child.pidfd().hasExited();
    }

    /** It is gone. */
    void ended() {
        HostProcess.collect(child);
        death.complete(new ExitStatus(Signal.KILL.exitCode(), InstantSource.system().instant()));
    }

    /** What it has used: all that runs in it, and its kernel. */
    Statistics statistics() {
        var cpu =
                ProcessHandle.of(identity.pid())
                        .flatMap(it -> it.info().totalCpuDuration())
                        .orElse(Duration.ZERO);
        return new Statistics(
                InstantSource.system().instant(), cpu.toNanos(), resident(), 0, 0, 1, 0);
    }

    private long resident() {
        try (var lines =
                Files.lines(Path.of("/proc", Integer.toString(identity.pid()), "status"))) {
            return lines.filter(it -> it.startsWith(RESIDENT))
                    .mapToLong(it -> Long.parseLong(it.replaceAll("[^0-9]", "")) * KIB)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException _) {
            return 0; // It has ended.
        }
    }

    @Override
    public void close() {
        watch.close();
        child.close();
    }
}
