// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.network;

import io.silica.linux.Child;
import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.Pidfd;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.linux.Spawn;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@code ip} and {@code tc} (iproute2), run in a network namespace. */
final class NetworkTools {
    private static final List<Path> PLACES =
            List.of(Path.of("/usr/sbin"), Path.of("/sbin"), Path.of("/usr/bin"), Path.of("/bin"));
    private static final int MOST_BYTES = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final NetworkNamespace namespace;
    private final Poller poller;

    NetworkTools(NetworkNamespace namespace, Poller poller) {
        this.namespace = namespace;
        this.poller = poller;
    }

    /**
     * Runs a program and gives what it says.
     *
     * @throws SandboxException.Failed if it refuses, with its words
     * @throws SandboxException.Unavailable if it is not there
     */
    String run(String name, String... arguments) {
        var program = program(name);
        try (var pipe = Pipe.open()) {
            var child = start(program, arguments, pipe.writer());
            try (child) {
                pipe.writer().close();
                var said = read(pipe.reader());
                int code = await(child);
                if (code != 0) {
                    throw new SandboxException.Failed(
                            "%s %s ended with %d: %s"
                                    .formatted(
                                            name,
                                            String.join(" ", arguments),
                                            code,
                                            Printable.of(said.strip())));
                }
                return said;
            }
        } catch (LinuxException | IOException e) {
            throw new SandboxException.Failed(
                    "cannot run %s: %s".formatted(program, e.getMessage()), e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a network is made");
        }
    }

    private static Path program(String name) {
        return PLACES.stream()
                .map(it -> it.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() ->
                        new SandboxException.Unavailable(
                                "there is no program %s: the package iproute2 has it"
                                        .formatted(name)));
    }

    private Child start(Path program, String[] arguments, Descriptor output)
            throws InterruptedException {
        var spawn =
                Spawn.of(program, arguments)
                        .directory(Path.of("/"))
                        .newSession()
                        .descriptor(1, output)
                        .descriptor(2, output);
        return namespace.inside(spawn::start);
    }

    private String read(Descriptor reader) throws IOException {
        // The descriptor is the pipe's to close.
        try (var stream = poller.inputStream(reader.duplicate())) {
            return new String(stream.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        }
    }

    private int await(Child child) throws InterruptedException {
        var status = child.await(poller, PATIENCE);
        if (status.isPresent()) {
            return status.get().code();
        }
        var _ = child.pidfd().signal(Pidfd.SIGKILL);
        var _ = child.await(poller, PATIENCE);
        throw new SandboxException.TimedOut("a network tool does not end");
    }
}
