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
import java.nio.channels.Channel;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The connection to the host: dialled, served until it breaks or the host falls silent, and dialled
 * again. There is one at a time.
 */
final class HostLink {
    private static final Logger LOGGER = System.getLogger(HostLink.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    /** How often it is looked whether the host is silent, at least. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final Supplier<Descriptor> dial;
    private final TtrpcServer server;
    private final Poller poller;
    private final Pulse pulse;
    private Duration pause = FIRST_PAUSE;

    /**
     * @param dial connects to the host, or throws a {@link LinuxException}
     */
    HostLink(Supplier<Descriptor> dial, TtrpcServer server, Poller poller, Pulse pulse) {
        this.dial = dial;
        this.server = server;
        this.poller = poller;
        this.pulse = pulse;
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
        pulse.connected();
        var output = Channels.newChannel(poller.outputStream(connection.duplicate()));
        var input = new Watched(Channels.newChannel(poller.inputStream(connection)), pulse);
        server.serve(input, output);
        while (!input.closed.await(nanosUntilLook(), TimeUnit.NANOSECONDS)) {
            if (!pulse.left().isPositive()) {
                LOGGER.log(Level.WARNING, "the host is silent: it is dialled again");
                close(input);
                // Whoever waits for room there does not read.
                close(output);
            }
        }
    }

    private long nanosUntilLook() {
        var left = pulse.left();
        return (left.compareTo(LOOK) < 0 ? left : LOOK).toNanos();
    }

    private static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "closing the connection to a silent host", e);
        }
    }

    /** Tells when the server has closed it, and what of the host is heard. */
    private static final class Watched implements ReadableByteChannel {
        private final ReadableByteChannel channel;
        private final Pulse pulse;
        private final CountDownLatch closed = new CountDownLatch(1);

        Watched(ReadableByteChannel channel, Pulse pulse) {
            this.channel = channel;
            this.pulse = pulse;
        }

        @Override
        public int read(ByteBuffer buffer) throws IOException {
            int count = channel.read(buffer);
            pulse.heard();
            return count;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            try {
                channel.close();
            } finally {
                closed.countDown();
            }
        }
    }
}
