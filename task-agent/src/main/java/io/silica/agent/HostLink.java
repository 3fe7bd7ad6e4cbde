// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.ttrpc.TtrpcServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * The connection to the host: dialled, served until it breaks, and dialled again. There is one at a
 * time.
 */
final class HostLink {
    private static final Logger LOGGER = System.getLogger(HostLink.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    private final Supplier<Descriptor> dial;
    private final TtrpcServer server;
    private final Poller poller;
    private Duration pause = FIRST_PAUSE;

    /**
     * @param dial connects to the host, or throws a {@link LinuxException}
     */
    HostLink(Supplier<Descriptor> dial, TtrpcServer server, Poller poller) {
        this.dial = dial;
        this.server = server;
        this.poller = poller;
    }

    /** Goes on until the thread, a platform one, is interrupted. */
    void run() throws InterruptedException {
        while (!Thread.interrupted()) {
            try {
                serve(dial.get());
                pause = FIRST_PAUSE;
            } catch (LinuxException e) {
                LOGGER.log(Level.DEBUG, "the host does not answer: {0}", e.getMessage());
            }
            Thread.sleep(pause);
            var doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        }
    }

    private void serve(Descriptor connection) throws InterruptedException {
        var output = Channels.newChannel(poller.outputStream(connection.duplicate()));
        var input = new Watched(Channels.newChannel(poller.inputStream(connection)));
        server.serve(input, output);
        input.closed.await();
    }

    /** Tells when the server has closed it. */
    private static final class Watched implements ReadableByteChannel {
        private final ReadableByteChannel channel;
        private final CountDownLatch closed = new CountDownLatch(1);

        Watched(ReadableByteChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer buffer) throws IOException {
            return channel.read(buffer);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
            closed.countDown();
        }
    }
}
