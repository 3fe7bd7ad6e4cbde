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
        var in = descriptors.named(container.hasStdin(), container.getStdin());
        var out = descriptors.named(container.hasStdout(), container.getStdout());
        var err = descriptors.named(container.hasStderr(), container.getStderr());
        return open(
                in.map(found -> new Fifo(id, "stdin", found)),
                out.map(found -> new Fifo(id, "stdout", found)),
                err.map(found -> new Fifo(id, "stderr", found)),
                poller);
    }

    private static GuestStdio open(
            Optional<Fifo> in, Optional<Fifo> out, Optional<Fifo> err, Poller poller) {
        try (var undo = new Undo()) {
            var stdin = undo.owns(in.map(Fifo::reader).orElseGet(GuestStdio::endedDescriptor));
            var stdout = out.map(fifo -> undo.owns(GuestOutput.open(fifo, poller)));
            var stderr = err.map(fifo -> undo.owns(GuestOutput.open(fifo, poller)));
            undo.keep();
            Stream.of(in, out, err).flatMap(Optional::stream).forEach(Fifo::letGo);
            return new GuestStdio(new GuestStdin(stdin, poller), stdout, stderr);
        }
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
