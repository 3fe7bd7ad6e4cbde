// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.stdio;

import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.proto.guest.OutputStream;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;
import io.silica.vmm.agent.Agent;
import io.silica.vmm.agent.GuestTask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The streams of one process. Any thread may call any method but {@link #begin}; what ends or lets
 * go of them is harmless a second time.
 */
public final class ProcessStreams {
    /**
     * For a process that has ended and whose children hold its output open, or a guest that lies.
     */
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(5);

    private static final OutputStream STDOUT = OutputStream.OUTPUT_STREAM_STDOUT;
    private static final OutputStream STDERR = OutputStream.OUTPUT_STREAM_STDERR;

    private final Optional<InputRelay> input;
    private final List<OutputRelay> outputs;

    private ProcessStreams(Optional<InputRelay> input, List<OutputRelay> outputs) {
        this.input = input;
        this.outputs = List.copyOf(outputs);
    }

    /** None at all. */
    public static ProcessStreams none() {
        return new ProcessStreams(Optional.empty(), List.of());
    }

    /**
     * Opens FIFOs.
     *
     * @param poller waits for them
     * @param parking keeps them open beyond the daemon's life
     * @param names by which it does
     * @param directory where it is kept how much was written
     */
    public record Opener(Poller poller, Parking parking, ParkedNames names, Path directory) {
        /**
         * Opens all streams, or none; can block for as long as the file system likes.
         *
         * @param isNew whether the process has not been made yet
         * @throws SandboxException.InvalidArgument if one can't be opened
         */
        public ProcessStreams open(Agent agent, GuestTask task, Stdio stdio, boolean isNew) {
            var ends = new ArrayList<Runnable>();
            try {
                // With a terminal standard error is named and not used.
                var input = input(agent, task, stdio.stdin(), ends);
                var outputs =
                        Stream.of(
                                        output(agent, task, STDOUT, stdio.stdout(), isNew, ends),
                                        output(
                                                agent,
                                                task,
                                                STDERR,
                                                stdio.terminal() ? "" : stdio.stderr(),
                                                isNew,
                                                ends))
                                .flatMap(Optional::stream)
                                .toList();
                return new ProcessStreams(input, outputs);
            } catch (LinuxException e) {
                ends.forEach(Runnable::run);
                throw new SandboxException.InvalidArgument(
                        "cannot open the streams of " + task.name() + ": " + e.getMessage(), e);
            } catch (RuntimeException e) {
                ends.forEach(Runnable::run);
                throw e;
            }
        }

        private Optional<InputRelay> input(
                Agent agent, GuestTask task, String stream, List<Runnable> ends) {
            return path(task, stream)
                    .map(path -> {
                        var fifo = InputFifo.open(path, poller, parking, name(task, "stdin"));
                        ends.add(fifo::letGo);
                        return new InputRelay(agent, task, fifo);
                    });
        }

        private Optional<OutputRelay> output(
                Agent agent,
                GuestTask task,
                OutputStream which,
                String stream,
                boolean isNew,
                List<Runnable> ends) {
            return path(task, stream)
                    .map(path -> {
                        var name = name(task, which == STDERR ? "stderr" : "stdout");
                        var fifo = OutputFifo.open(path, poller, parking, name);
                        ends.add(fifo::letGo);
                        var kept = WrittenOffset.open(directory.resolve("written-" + name), isNew);
                        return new OutputRelay(agent, task, which, fifo, kept);
                    });
        }

        private String name(GuestTask task, String stream) {
            return names.of(task.container().value(), task.execId(), stream);
        }

        private static Optional<Path> path(GuestTask task, String stream) {
            if (stream.isEmpty()) {
                return Optional.empty();
            }
            if (!stream.startsWith("/")) {
                throw new SandboxException.Unsupported(
                        "a stream of %s is no FIFO: set io_type = \"fifo\" for the runtime"
                                .formatted(task.name()));
            }
            return Optional.of(Path.of(stream));
        }
    }

    /** Begins to carry; the agent knows the process. */
    public void begin() {
        input.ifPresent(InputRelay::begin);
        outputs.forEach(OutputRelay::begin);
    }

    /** The process reads the end of its input behind what is there. */
    public void endInput() {
        input.ifPresent(InputRelay::endAfterRest);
    }

    /** Waits until nothing of its output can be lost any more; the process has ended. */
    public void awaitDrained() throws InterruptedException {
        for (var output : outputs) {
            output.awaitEnd(DRAIN_PATIENCE);
        }
    }

    /** Carries nothing more, and lets containerd see the end. */
    public void end() {
        input.ifPresent(InputRelay::end);
        outputs.forEach(OutputRelay::end);
    }

    /** Carries nothing more: the next daemon does. */
    public void letGo() {
        input.ifPresent(InputRelay::letGo);
        outputs.forEach(OutputRelay::letGo);
    }
}
