// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.agent.stream.InputPump;
import io.silica.agent.stream.OffsetBuffer;
import io.silica.agent.stream.OutputPump;
import io.silica.agent.stream.ProcessInput;
import io.silica.linux.Descriptor;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.linux.Terminal;
import io.silica.sandbox.SandboxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a process reads and writes, from its beginning to its deletion. */
public final class ProcessStreams implements AutoCloseable {
    private final String name;
    private final Poller poller;
    private final Wanted wanted;
    private final @Nullable ProcessInput input;
    private final @Nullable OffsetBuffer output;
    private final @Nullable OffsetBuffer errors;

    /** The ends of pipes that are the process's, until it has them. */
    private final Map<Integer, Descriptor> given = new HashMap<>();

    private final List<Descriptor> owned = new ArrayList<>();
    private @Nullable Descriptor terminal;

    /** Which streams there are; a terminal is input and output in one. */
    public record Wanted(boolean terminal, boolean input, boolean output, boolean errors) {}

    private ProcessStreams(String name, Poller poller, Wanted wanted) {
        this.name = name;
        this.poller = poller;
        this.wanted = wanted;
        this.input = wanted.input ? new ProcessInput() : null;
        this.output = wanted.output ? new OffsetBuffer() : null;
        this.errors = wanted.errors && !wanted.terminal ? new OffsetBuffer() : null;
    }

    /** Makes the pipes, unless there is to be a terminal, which the process makes. */
    static ProcessStreams open(String name, Poller poller, Wanted wanted) {
        var streams = new ProcessStreams(name, poller, wanted);
        try {
            if (!wanted.terminal) {
                streams.openPipes();
            }
            return streams;
        } catch (RuntimeException e) {
            streams.close();
            throw e;
        }
    }

    private void openPipes() {
        if (input != null) {
            var pipe = Pipe.open();
            given.put(0, pipe.reader());
            pumpInput(input, pipe.writer());
        }
        if (output != null) {
            pumpOutput("stdout", output, given(1));
        }
        if (errors != null) {
            pumpOutput("stderr", errors, given(2));
        }
    }

    /** A pipe whose other end is the process's, under that number. */
    private Descriptor given(int number) {
        var pipe = Pipe.open();
        given.put(number, pipe.writer());
        return pipe.reader();
    }

    private void pumpOutput(String stream, OffsetBuffer buffer, Descriptor source) {
        owned.add(source);
        OutputPump.start(name + " " + stream, poller.inputStream(source), buffer);
    }

    private void pumpInput(ProcessInput source, Descriptor target) {
        owned.add(target);
        InputPump.start(name + " stdin", source.buffer(), poller.outputStream(target));
    }

    Wanted wanted() {
        return wanted;
    }

    /** What the process is started with. */
    Map<Integer, Descriptor> given() {
        return given;
    }

    /** After the start: the process has its ends, so that ours tell of its end. */
    void handedOver() {
        given.values().forEach(Descriptor::close);
        given.clear();
    }

    /** Becomes the owner of the terminal that the process has made. */
    void attach(Descriptor made) {
        terminal = made;
        owned.add(made);
        if (output != null) {
            pumpOutput("terminal", output, made.duplicate());
        }
        if (input != null) {
            pumpInput(input, made.duplicate());
        }
    }

    /**
     * Says how large the terminal is.
     *
     * @throws SandboxException.WrongState if there is none
     */
    void resize(int columns, int rows) {
        if (terminal == null) {
            throw new SandboxException.WrongState(name + " has no terminal");
        }
        Terminal.resize(terminal, columns, rows);
    }

    public Optional<ProcessInput> input() {
        return Optional.ofNullable(input);
    }

    public Optional<OffsetBuffer> output() {
        return Optional.ofNullable(output);
    }

    public Optional<OffsetBuffer> errors() {
        return Optional.ofNullable(errors);
    }

    /** Drops what nobody has fetched, and lets go of everything. Idempotent. */
    @Override
    public void close() {
        handedOver();
        if (input != null) {
            input.buffer().abandon();
        }
        if (output != null) {
            output.abandon();
        }
        if (errors != null) {
            errors.abandon();
        }
        owned.forEach(Descriptor::close);
    }
}
