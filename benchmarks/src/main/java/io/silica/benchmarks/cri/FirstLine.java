// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

import io.silica.ctl.cri.ContainerLog;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Watches, by inotify, for the first complete line of a log file that is not there yet. */
final class FirstLine implements AutoCloseable {
    private final WatchService watches;
    private final Path log;
    private final CompletableFuture<Long> seen = new CompletableFuture<>();

    private FirstLine(WatchService watches, Path log) {
        this.watches = watches;
        this.log = log;
    }

    /** Begins to watch; the directory of the log is there. */
    static FirstLine of(Path directory, String file) throws IOException {
        var watches = directory.getFileSystem().newWatchService();
        directory.register(
                watches,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY);
        var line = new FirstLine(watches, directory.resolve(file));
        Thread.ofPlatform().name("first-line").start(line::watch);
        return line;
    }

    /** When it was there, by {@link System#nanoTime}. */
    long awaitNanos() throws IOException, InterruptedException {
        try {
            return seen.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("no line in " + log, e);
        }
    }

    @Override
    public void close() throws IOException {
        watches.close();
    }

    private void watch() {
        var lines = ContainerLog.fromStart(log);
        try {
            while (lines.appended().isEmpty()) {
                var key = watches.take();
                key.pollEvents();
                key.reset();
            }
            seen.complete(System.nanoTime());
        } catch (IOException | InterruptedException | ClosedWatchServiceException e) {
            seen.completeExceptionally(e);
        }
    }
}
