// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import io.silica.sandbox.Stdio;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The streams of one process. Any thread may call any method. */
final class ProcessStreams {
    private final StreamDirectory directory;
    private final Stdio stdio;
    private final List<Part> parts = new ArrayList<>();
    private final AtomicInteger outputsLeft = new AtomicInteger(1);
    private @Nullable Runnable atEnd;
    private boolean over;

    /** One stream: its id, its FIFO, and the pipe that carries it; none if it is over. */
    private record Part(
            String id,
            String fifo,
            StreamUser user,
            Optional<InputPipe> input,
            Optional<OutputPipe> output) {}

    /**
     * @param stdio as the kind is to see it
     */
    ProcessStreams(StreamDirectory directory, Stdio stdio) {
        this.directory = directory;
        this.stdio = stdio;
    }

    /** The streams as the kind sees them. */
    Stdio stdio() {
        return stdio;
    }

    /** Whether they are of this sandbox. */
    boolean areIn(StreamDirectory sandbox) {
        return directory.equals(sandbox);
    }

    /** Before anything else is done with them. */
    void add(String id, String fifo, InputPipe pipe) {
        parts.add(new Part(id, fifo, pipe, Optional.of(pipe), Optional.empty()));
    }

    /** The same; the pipe tells by {@link #outputOver}. */
    void add(String id, String fifo, OutputPipe pipe) {
        outputsLeft.incrementAndGet();
        parts.add(new Part(id, fifo, pipe, Optional.empty(), Optional.of(pipe)));
    }

    /** Begins to carry. */
    void begin(StreamTable table) {
        outputs().forEach(OutputPipe::begin);
        for (Part part : parts) {
            table.use(part.id, part.user).ifPresent(it -> it.use(part.user));
        }
    }

    /** Makes sure that containerd has all of them open. */
    void require(StreamTable table) {
        parts.forEach(part -> table.require(part.id));
    }

    /** The process may run from now on. */
    void started() {
        outputs().forEach(OutputPipe::started);
    }

    /** Whether it is awaited has changed. */
    void look() {
        outputs().forEach(OutputPipe::look);
    }

    /**
     * Waits until the process has been given all of its input that was sent.
     *
     * @return false if it has not read it in that time
     */
    boolean awaitInput(Duration time) throws InterruptedException {
        for (InputPipe input : inputs()) {
            if (!input.awaitEnd(time)) {
                return false;
            }
        }
        return true;
    }

    /** Whether input is still carried. */
    boolean hasInput() {
        return inputs().stream().anyMatch(input -> !input.isClosed());
    }

    /** The process sees the end of its input. */
    void closeInput() {
        inputs().forEach(InputPipe::close);
    }

    /**
     * The process has ended.
     *
     * @param then done, once, when containerd has its output; must not block
     */
    void ended(Runnable then) {
        synchronized (this) {
            atEnd = then;
        }
        outputs().forEach(OutputPipe::ended);
        outputOver();
    }

    /** One more of what has to be over before the end is told: an output, or the process. */
    void outputOver() {
        if (outputsLeft.decrementAndGet() == 0) {
            tell();
        }
    }

    /** Ends them and removes what they have; an end that is held back is told. */
    void end(StreamTable table) {
        for (Part part : parts) {
            table.release(part.id, part.user);
            part.input.ifPresent(InputPipe::end);
            part.output.ifPresent(OutputPipe::end);
        }
        tell();
        parts.forEach(part -> directory.remove(part.fifo));
    }

    /** Lets go of them: the next life of the daemon goes on with them. */
    void letGo() {
        inputs().forEach(InputPipe::close);
        outputs().forEach(OutputPipe::close);
    }

    private void tell() {
        Runnable then;
        synchronized (this) {
            then = over ? null : atEnd;
            over = over || then != null;
        }
        if (then != null) {
            then.run();
        }
    }

    private List<InputPipe> inputs() {
        return parts.stream().flatMap(part -> part.input.stream()).toList();
    }

    private List<OutputPipe> outputs() {
        return parts.stream().flatMap(part -> part.output.stream()).toList();
    }
}
