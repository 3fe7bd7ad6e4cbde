// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.upgrade;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * In the place of a supervisor and its daemon: a process that sleeps, started again whenever it
 * dies, and a metrics socket that speaks for it. It is ready if its program is not called broken.
 */
final class SupervisedDaemon implements AutoCloseable {
    final Path state;
    final Path metrics;
    final Path link;
    volatile boolean isProtected = true;

    private final Path directory;
    private final List<String> lives = new ArrayList<>();
    private final ServerSocketChannel server;
    private Process process;
    private boolean ended;

    SupervisedDaemon(Path directory, String program, NotedFormat noted) throws IOException {
        this.directory = directory;
        this.state = Files.createDirectory(directory.resolve("state"));
        this.metrics = state.resolve("metrics.sock");
        this.link = Files.createSymbolicLink(directory.resolve("current"), home(program));
        noted.write(state);
        this.process = life();
        this.server =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        .bind(UnixDomainSocketAddress.of(metrics));
        Thread.ofVirtual().name("metrics").start(this::answer);
    }

    /** Makes a distribution of that name, whose daemon says what it is told to. */
    Path install(String name, String says) throws IOException {
        Path program = home(name).resolve("bin/wasm-sandboxer");
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\necho warning >&2\necho '" + says + "'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home(name);
    }

    /** The programs that have run, one after the other. */
    synchronized List<String> lives() {
        return List.copyOf(lives);
    }

    NotedFormat noted() throws IOException {
        return NotedFormat.of(state);
    }

    private Path home(String name) {
        return directory.resolve(name);
    }

    private synchronized Process life() throws IOException {
        lives.add(Files.readSymbolicLink(link).getFileName().toString());
        Process next = new ProcessBuilder("sleep", "600").start();
        Files.writeString(state.resolve("lock"), next.pid() + "\n");
        var _ = next.onExit().thenRun(this::startAgain);
        return next;
    }

    private synchronized void startAgain() {
        try {
            if (!ended) {
                process = life();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer() {
        while (true) {
            try (var connection = server.accept()) {
                answer(connection);
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void answer(SocketChannel connection) throws IOException {
        var request = ByteBuffer.allocate(1024);
        connection.read(request);
        boolean readiness =
                new String(request.array(), StandardCharsets.US_ASCII).startsWith("GET /readyz");
        boolean ready = !lives().getLast().equals("broken");
        String answer =
                readiness
                        ? "HTTP/1.1 " + (ready ? "200 OK" : "503 Service Unavailable") + "\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\n\r\nsilica_protected "
                                + (isProtected ? "1.0" : "0.0");
        connection.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            ended = true;
        }
        process.destroyForcibly().onExit().join();
        server.close();
    }
}
