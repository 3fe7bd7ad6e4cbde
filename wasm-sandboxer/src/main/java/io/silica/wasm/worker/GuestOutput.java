// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.Poller;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/**
 * What a guest writes to: a FIFO of containerd's. While it runs, an end to read from keeps the FIFO
 * from breaking when containerd goes; after it, what nobody has read yet has to wait for containerd
 * to come back.
 */
final class GuestOutput implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(GuestOutput.class.getName());

    /** The kernel tells nobody that a FIFO has got a reader. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Descriptor writer;
    private final Descriptor reader;
    private final OutputStream stream;

    private GuestOutput(Descriptor writer, Descriptor reader, Poller poller) {
        this.writer = writer;
        this.reader = reader;
        this.stream = poller.outputStream(writer);
    }

    /** Opens both ends; see {@link Fifo#writer}. */
    static GuestOutput open(Fifo fifo, Poller poller) {
        var writer = fifo.writer();
        try {
            return new GuestOutput(writer, fifo.reader(), poller);
        } catch (SandboxException e) {
            writer.close();
            throw e;
        }
    }

    OutputStream stream() {
        return stream;
    }

    /** Another descriptor of the same end to write to, the caller's. */
    Descriptor duplicate() {
        return writer.duplicate();
    }

    /**
     * Returns when nothing is left to be read or somebody is there to read it. A FIFO that nobody
     * has open forgets what is in it, and one without a writer lets no reader open it: so it stays
     * open for containerd until then.
     */
    void awaitReader() throws InterruptedException {
        if (!reader.isReady(Epoll.READABLE)) {
            return;
        }
        reader.close();
        while (writer.isReady(Epoll.ERROR)) {
            Thread.sleep(LOOK_AGAIN);
        }
    }

    @Override
    public void close() {
        reader.close();
        try {
            stream.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "closing a guest's output", e);
        }
    }
}
