// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Descriptor;
import io.silica.linux.Pipe;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A running {@code silica-supervise} and what it and its command say, as lines. What is told to it
 * reaches the command's standard input.
 */
public final class Supervised implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final Process process;
    private final Writer input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    private final Thread reader;

    private Supervised(Process process, BufferedReader output, Writer input) {
        this.process = process;
        this.input = input;
        this.reader = Thread.ofPlatform().name("supervised-lines").start(() -> read(output));
    }

    /** Starts it. */
    public static Supervised start(String... arguments) {
        return start(Map.of(), List.of(arguments));
    }

    /** Starts it with more in its environment than we have. */
    public static Supervised start(Map<String, String> environment, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(SuperviseProgram.path().toString());
        command.addAll(arguments);
        return startAsItIs(environment, command);
    }

    /** Starts a command that becomes it. */
    public static Supervised startAsItIs(Map<String, String> environment, List<String> command) {
        // Pipes of our own: those of Process end with it, and its command may go on.
        try (var input = Pipe.open();
                var output = Pipe.open()) {
            var builder =
                    new ProcessBuilder(command)
                            .redirectInput(file(input.reader()))
                            .redirectOutput(file(output.writer()))
                            .redirectErrorStream(true);
            builder.environment().putAll(environment);
            return new Supervised(
                    builder.start(),
                    new BufferedReader(new FileReader(file(output.reader()), UTF_8)),
                    new FileWriter(file(input.writer()), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opened, it is the same end of the pipe once more. */
    private static File file(Descriptor end) {
        return new File("/proc/self/fd/" + end.number());
    }

    public long pid() {
        return process.pid();
    }

    /** Waits for a line in which the expression is found; those before it are passed over. */
    public MatchResult awaitLine(String expression) throws InterruptedException {
        var pattern = Pattern.compile(expression);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            var line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new AssertionError("no line has " + expression + " in " + seen);
            }
            var matcher = pattern.matcher(line);
            if (matcher.find()) {
                return matcher.toMatchResult();
            }
        }
    }

    /** All that was said so far. */
    public List<String> said() {
        return List.copyOf(seen);
    }

    /** Writes a line to the command. */
    public void tell(String line) {
        try {
            input.write(line + "\n");
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a signal such as {@code HUP} to a process, most often this one. */
    public static void signal(String signal, long pid) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
    }

    public void signal(String signal) throws IOException, InterruptedException {
        signal(signal, pid());
    }

    /** Waits for its end; the exit code, as a shell would tell it. */
    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end; it said " + seen);
        }
        reader.join();
        return process.exitValue();
    }

    /** Ends it, by SIGTERM if it listens to that, and its command with it. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            input.close();
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException _) {
            // The pipe is broken: that it is closed is what counts.
        }
    }

    private void read(BufferedReader from) {
        try (var output = from) {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                seen.add(line);
                lines.add(line);
            }
        } catch (IOException _) {
            // A pipe has no errors but this one: nobody is there.
        }
    }
}
