// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Descriptor;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.proto.wasm.WasmContainer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * The three streams of a guest. Closing it closes their descriptors; doing it twice is harmless.
 */
final class GuestStdio implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(GuestStdio.class.getName());

    private final GuestStdin stdin;
    private final OutputStream stdout;
    private final OutputStream stderr;

    private GuestStdio(GuestStdin stdin, OutputStream stdout, OutputStream stderr) {
        this.stdin = stdin;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /** The streams that the container names among its descriptors. */
    static GuestStdio of(WasmContainer container, Descriptors descriptors, Poller poller) {
        var stdin =
                container.hasStdin() ? descriptors.get(container.getStdin()) : endedDescriptor();
        return new GuestStdio(
                new GuestStdin(stdin, poller),
                output(container.hasStdout(), container.getStdout(), descriptors, poller),
                output(container.hasStderr(), container.getStderr(), descriptors, poller));
    }

    private static Descriptor endedDescriptor() {
        var pipe = Pipe.open();
        pipe.writer().close();
        return pipe.reader();
    }

    private static OutputStream output(
            boolean present, int index, Descriptors descriptors, Poller poller) {
        return present
                ? poller.outputStream(descriptors.get(index))
                : OutputStream.nullOutputStream();
    }

    InputStream stdin() {
        return stdin;
    }

    OutputStream stdout() {
        return stdout;
    }

    OutputStream stderr() {
        return stderr;
    }

    /** Lets the guest find the end of its standard input after what is there. */
    void endStdin() {
        stdin.end();
    }

    @Override
    public void close() {
        stdin.close();
        for (var stream : List.of(stdout, stderr)) {
            try {
                stream.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "closing a guest's output", e);
            }
        }
    }
}
