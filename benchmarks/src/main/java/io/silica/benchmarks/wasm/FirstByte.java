// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.wasm;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The reading end of a container's output, which notes when the first byte comes. */
final class FirstByte implements AutoCloseable {
    private final Path fifo;
    private final CompletableFuture<Long> seen = new CompletableFuture<>();

    private FirstByte(Path fifo) {
        this.fifo = fifo;
    }

    /** Makes a FIFO and waits for its first byte. */
    static FirstByte at(Path fifo) throws IOException, InterruptedException {
        Process mkfifo = new ProcessBuilder("mkfifo", fifo.toString()).inheritIO().start();
        if (mkfifo.waitFor() != 0) {
            throw new IOException("mkfifo made no " + fifo);
        }
        var reader = new FirstByte(fifo);
        Thread.ofPlatform().daemon().name("first-byte").start(reader::read);
        return reader;
    }

    Path fifo() {
        return fifo;
    }

    /** When it came, by {@link System#nanoTime}. */
    long awaitNanos() throws IOException, InterruptedException {
        try {
            return seen.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("nothing came out of " + fifo, e);
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(fifo);
    }

    private void read() {
        try (var stream = new FileInputStream(fifo.toFile())) {
            int first = stream.read();
            long now = System.nanoTime();
            if (first < 0) {
                throw new IOException("it ended before it began");
            }
            seen.complete(now);
            while (stream.read() >= 0) {
                // What follows is of no interest, but its writer waits for room.
            }
        } catch (IOException e) {
            seen.completeExceptionally(e);
        }
    }
}
