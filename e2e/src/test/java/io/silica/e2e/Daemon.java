// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program that runs until it is ended, and can be started again; its output is appended to one
 * file.
 */
final class Daemon implements AutoCloseable {
    private static final int LINES_SHOWN = 150;

    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private final BooleanSupplier ready;
    private @Nullable Process process;

    /**
     * @param ready whether it answers
     */
    Daemon(
            String name,
            List<String> command,
            Map<String, String> environment,
            Path log,
            BooleanSupplier ready) {
        this.name = name;
        this.command = command;
        this.environment = environment;
        this.log = log;
        this.ready = ready;
    }

    /** Starts it, and waits until it answers. */
    void start() {
        begin();
        awaitAnswer();
    }

    /** Starts it. */
    void begin() {
        var builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            var started = builder.start();
            process = started;
            started.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it answers. */
    void awaitAnswer() {
        Until.holds(name + " answering", () -> !isRunning() || ready.getAsBoolean());
        if (!isRunning()) {
            throw new IllegalStateException(name + " ended at its start:\n" + endOfLog());
        }
    }

    /** Ends it as an administrator does, by SIGTERM. */
    void terminate() {
        end(Process::destroy);
    }

    /** Ends it as a crash does, by SIGKILL. */
    void kill() {
        end(Process::destroyForcibly);
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    long pid() {
        return running().pid();
    }

    /** Whether it has logged that. */
    boolean hasLogged(String text) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.anyMatch(line -> line.contains(text));
        } catch (IOException | UncheckedIOException _) {
            return false;
        }
    }

    /** What it said last. */
    String endOfLog() {
        try (Stream<String> lines = Files.lines(log)) {
            List<String> all = lines.toList();
            return all.stream()
                    .skip(Math.max(0, all.size() - LINES_SHOWN))
                    .collect(Collectors.joining("\n", "---- " + name + "\n", "\n----\n"));
        } catch (IOException | UncheckedIOException e) {
            return "---- " + name + " has no log: " + e;
        }
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            terminate();
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return process;
    }

    private void end(Consumer<Process> signal) {
        Process ending = running();
        signal.accept(ending);
        try {
            if (!ending.waitFor(15, TimeUnit.SECONDS)) {
                ending.destroyForcibly().waitFor();
                throw new IllegalStateException(name + " did not end by itself within 15 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
