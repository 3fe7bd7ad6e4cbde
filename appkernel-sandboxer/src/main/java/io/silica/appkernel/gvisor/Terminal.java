// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.OwnFiles;
import io.silica.linux.Poller;
import io.silica.linux.Received;
import io.silica.linux.SocketType;
import io.silica.linux.Spawn;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import io.silica.linux.UnixSocket;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The terminal of a process: a small program ({@code pod-terminal.c}, which says what it can be
 * asked) that carries it between containerd's FIFOs and the sentry, and outlives the daemon. It is
 * found again by the path of its socket.
 *
 * <p>Any thread may call; it is blocked in Java only.
 */
final class Terminal {
    /** What the program is called. */
    static final String PROGRAM = "pod-terminal";

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int CONTROL = 3;
    private static final int CONSOLE = 4;
    private static final int MOST_BYTES = 16;

    private final String owner;
    private final Path directory;
    private final Path control;
    private final Path program;
    private final PodProcesses processes;
    private final Poller poller;
    private final Orphans orphans;

    /**
     * @param owner whose it is, for messages
     * @param directory where its sockets are
     * @param name of its own among them
     * @param program what carries it
     */
    Terminal(
            String owner,
            Path directory,
            String name,
            Path program,
            PodProcesses processes,
            Poller poller,
            Orphans orphans) {
        this.owner = owner;
        this.directory = directory;
        this.control = directory.resolve(name);
        this.program = program;
        this.processes = processes;
        this.poller = poller;
        this.orphans = orphans;
    }

    /** What the program has among its arguments. */
    static String argument(Path control) {
        return "--terminal=" + control;
    }

    /** Where runsc sends the terminal that it has made. */
    Path console() {
        return control.resolveSibling(control.getFileName() + ".console");
    }

    private Path keptSize() {
        return control.resolveSibling(control.getFileName() + ".size");
    }

    /**
     * Starts the program, for a terminal that runsc will make, or that {@link #open} makes.
     *
     * @param streams its input and its output
     * @return its pid
     * @throws SandboxException.Unavailable if it cannot be started
     */
    int start(GuestStreams streams, boolean byRunsc) {
        OwnFiles.directoryIfMissing(directory);
        removeSockets();
        var spawn =
                Spawn.of(program, processes.argument(), argument(control))
                        .newSession()
                        .directory(Path.of("/"));
        streams.giveTo(spawn);
        try (var asked = listener(control, SocketType.SEQPACKET)) {
            spawn.descriptor(CONTROL, asked.descriptor());
            if (!byRunsc) {
                return start(spawn);
            }
            try (var console = listener(console(), SocketType.STREAM)) {
                return start(spawn.descriptor(CONSOLE, console.descriptor()));
            }
        } catch (LinuxException e) {
            throw new SandboxException.Unavailable(
                    "cannot make a terminal for %s: %s".formatted(owner, e.getMessage()), e);
        }
    }

    private static UnixListener listener(Path path, SocketType type) {
        return UnixListener.bind(UnixAddress.of(path), type, 1);
    }

    private int start(Spawn spawn) {
        int pid;
        try (var child = spawn.start()) {
            pid = child.pid();
        }
        // From now on it is one of those that are collected when they end.
        orphans.look();
        OwnFiles.read(keptSize()).ifPresent(it -> ask(new String(it, StandardCharsets.US_ASCII)));
        return pid;
    }

    /** Makes the terminal; gives the side of it that is the process's. */
    Descriptor open() {
        try (var received = answer("open")) {
            return received.descriptors().stream()
                    .findFirst()
                    .map(Descriptor::duplicate)
                    .orElseThrow(() -> refused("open"));
        }
    }

    /** Tells it its size. */
    void resize(int columns, int rows) {
        ask(size(columns, rows));
    }

    /**
     * Says to whom the signals go that keys and a change of the size make.
     *
     * @param sentry the control socket of whom is told
     * @param pid in the sandbox; 0 for the first process of the container
     */
    void passSignals(Path sentry, ContainerId container, int pid) {
        ask("signals %s %s %d".formatted(sentry, container, pid));
    }

    /** Keeps its size until it is made. */
    void keepSize(int columns, int rows) {
        OwnFiles.directoryIfMissing(directory);
        OwnFiles.write(keptSize(), size(columns, rows).getBytes(StandardCharsets.US_ASCII));
    }

    private static String size(int columns, int rows) {
        return "size %d %d".formatted(columns, rows);
    }

    /** Its process has ended: returns when all of its output is where containerd reads it. */
    void finish() {
        try {
            ask("end");
        } catch (SandboxException.Unavailable _) {
            // It has ended already.
        }
        processes.awaitTerminal(control, PATIENCE);
    }

    /** Ends it and removes what it has; doing it twice is harmless. */
    void remove() {
        processes.killTerminal(control);
        removeSockets();
        OwnFiles.removeFile(keptSize());
    }

    private void removeSockets() {
        OwnFiles.removeFile(control);
        OwnFiles.removeFile(console());
    }

    private void ask(String request) {
        answer(request).close();
    }

    /**
     * @throws SandboxException.Unavailable if the program is gone, or can't
     */
    private Received answer(String request) {
        try (var arena = Arena.ofConfined();
                var socket = UnixSocket.connect(UnixAddress.of(control), SocketType.SEQPACKET)) {
            var text =
                    arena.allocateFrom(
                            ValueLayout.JAVA_BYTE, request.getBytes(StandardCharsets.US_ASCII));
            socket.send(text, 0, text.byteSize());
            var buffer = arena.allocate(MOST_BYTES);
            if (!poller.await(socket.descriptor(), Epoll.READABLE, PATIENCE)) {
                throw new SandboxException.TimedOut(
                        "the terminal of %s does not answer".formatted(owner));
            }
            var received = socket.receive(buffer, 1);
            if (received.bytes() <= 0 || buffer.get(ValueLayout.JAVA_BYTE, 0) != 'o') {
                received.close();
                throw refused(request);
            }
            return received;
        } catch (LinuxException e) {
            throw new SandboxException.Unavailable(
                    "the terminal of %s is gone: %s".formatted(owner, e.getMessage()), e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted at the terminal of " + owner);
        }
    }

    private SandboxException refused(String request) {
        return new SandboxException.Unavailable(
                "the terminal of %s refuses \"%s\"".formatted(owner, request));
    }
}
