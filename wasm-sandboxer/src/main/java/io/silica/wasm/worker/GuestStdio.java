// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Descriptor;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.proto.wasm.WasmContainer;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Undo;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The three streams of a guest. Closing it closes their descriptors; doing it twice is harmless.
 */
final class GuestStdio implements AutoCloseable {
    private final GuestStdin stdin;
    private final Optional<GuestOutput> stdout;
    private final Optional<GuestOutput> stderr;

    private GuestStdio(
            GuestStdin stdin, Optional<GuestOutput> stdout, Optional<GuestOutput> stderr) {
        this.stdin = stdin;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /**
     * Opens the streams that the container names among its descriptors, or none.
     *
     * @throws SandboxException if one of them can't be opened, or nobody reads it
     */
    static GuestStdio of(
            ContainerId id, WasmContainer container, Descriptors descriptors, Poller poller) {
        try (var undo = new Undo()) {
            var stdin =
                    fifo(container.hasStdin(), container.getStdin(), "stdin", id, descriptors)
                            .map(Fifo::reader)
                            .orElseGet(GuestStdio::endedDescriptor);
            undo.add(stdin::close);
            var stdout =
                    fifo(container.hasStdout(), container.getStdout(), "stdout", id, descriptors)
                            .map(fifo -> undo.owns(GuestOutput.open(fifo, poller)));
            var stderr =
                    fifo(container.hasStderr(), container.getStderr(), "stderr", id, descriptors)
                            .map(fifo -> undo.owns(GuestOutput.open(fifo, poller)));
            undo.keep();
            letGo(container, descriptors);
            return new GuestStdio(new GuestStdin(stdin, poller), stdout, stderr);
        }
    }

    private static Optional<Fifo> fifo(
            boolean present, int index, String name, ContainerId id, Descriptors descriptors) {
        return present
                ? Optional.of(new Fifo(id, name, descriptors.path(index)))
                : Optional.empty();
    }

    /** What it was found by is of no use once it is open. */
    private static void letGo(WasmContainer container, Descriptors descriptors) {
        Stream.of(
                        descriptors.named(container.hasStdin(), container.getStdin()),
                        descriptors.named(container.hasStdout(), container.getStdout()),
                        descriptors.named(container.hasStderr(), container.getStderr()))
                .flatMap(Optional::stream)
                .forEach(Descriptor::close);
    }

    private static Descriptor endedDescriptor() {
        var pipe = Pipe.open();
        pipe.writer().close();
        return pipe.reader();
    }

    InputStream stdin() {
        return stdin;
    }

    OutputStream stdout() {
        return stream(stdout);
    }

    OutputStream stderr() {
        return stream(stderr);
    }

    private static OutputStream stream(Optional<GuestOutput> output) {
        return output.map(GuestOutput::stream).orElseGet(OutputStream::nullOutputStream);
    }

    /** Lets the guest find the end of its standard input after what is there. */
    void endStdin() {
        stdin.end();
    }

    /**
     * Returns when nothing of the guest's output can be lost by {@link #close} any more, or at once
     * when the thread is interrupted: then nobody wants it.
     */
    void awaitReaders() {
        try {
            for (var output : outputs()) {
                output.awaitReader();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Other descriptors of the output streams, the caller's. */
    List<Descriptor> duplicateOutputs() {
        return outputs().stream().map(GuestOutput::duplicate).toList();
    }

    private List<GuestOutput> outputs() {
        return Stream.of(stdout, stderr).flatMap(Optional::stream).toList();
    }

    @Override
    public void close() {
        stdin.close();
        outputs().forEach(GuestOutput::close);
    }
}
