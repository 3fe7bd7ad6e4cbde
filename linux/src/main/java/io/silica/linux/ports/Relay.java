// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.ports;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/**
 * Carries what a client and a server say to each other, until both have ended. A client that has
 * may be gone, or wait for an answer: a server that then says nothing for a while is waited for no
 * more.
 */
final class Relay {
    private static final int CHUNK = 16 * 1024;

    private final PortEnd client;
    private final PortEnd server;
    private final Duration silence;
    private volatile long answered;

    /**
     * @param silence how long a server may say nothing to a client that has ended
     */
    Relay(PortEnd client, PortEnd server, Duration silence) {
        this.client = client;
        this.server = server;
        this.silence = silence;
    }

    /**
     * Carries it all; an interrupt ends it.
     *
     * @param name of the thread that carries the answers
     */
    void run(String name) throws InterruptedException {
        var back = Thread.ofVirtual().name(name).start(this::carryAnswers);
        try {
            carry(client.in(), server.out());
            server.end().run();
            awaitSilence(back);
        } finally {
            back.interrupt();
            back.join();
        }
    }

    private void awaitSilence(Thread back) throws InterruptedException {
        long before = -1;
        while (before != answered) {
            before = answered;
            if (back.join(silence)) {
                return;
            }
        }
    }

    private void carryAnswers() {
        var chunk = new byte[CHUNK];
        long carried = 0;
        try {
            for (int read = server.in().read(chunk); read >= 0; read = server.in().read(chunk)) {
                client.out().write(chunk, 0, read);
                carried += read;
                answered = carried;
            }
        } catch (IOException _) {
            // A side is gone, or we are closed.
        }
        client.end().run();
    }

    private static void carry(InputStream from, OutputStream to) {
        try {
            from.transferTo(to);
        } catch (IOException _) {
            // A side is gone, or we are closed.
        }
    }
}
