// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixSocket;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What a guest prints: read as it comes, so that nothing waits for it, and the end of it kept. From
 * a console that can't be reached nothing is heard.
 */
final class Console implements AutoCloseable {
    private static final int KEPT = 8 << 10;
    private static final int SHOWN = 800;

    private final InputStream stream;
    private final Thread reader;
    private final byte[] ring = new byte[KEPT];
    private long written;

    private Console(InputStream stream) {
        this.stream = stream;
        this.reader = Thread.ofVirtual().name("console").unstarted(this::read);
    }

    static Console connect(Path path, Poller poller) {
        Console console;
        try {
            var socket = UnixSocket.connect(UnixAddress.of(path), SocketType.STREAM);
            console = new Console(poller.inputStream(socket.descriptor()));
        } catch (LinuxException _) {
            console = new Console(InputStream.nullInputStream());
        }
        console.reader.start();
        return console;
    }

    private void read() {
        var buffer = new byte[4096];
        try {
            for (int count; (count = stream.read(buffer)) >= 0; ) {
                take(buffer, count);
            }
        } catch (IOException _) {
            // It is closed, or the machine is gone.
        }
    }

    private synchronized void take(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            ring[(int) (written % KEPT)] = bytes[i];
            written++;
        }
    }

    /** Waits until nothing more comes. */
    void awaitEnd() throws InterruptedException {
        reader.join();
    }

    /** The end of it, in one line of printable characters. */
    synchronized String text() {
        int length = (int) Math.min(written, SHOWN);
        var last = new byte[length];
        for (int i = 0; i < length; i++) {
            last[i] = ring[(int) ((written - length + i) % KEPT)];
        }
        return new String(last, StandardCharsets.ISO_8859_1)
                .strip()
                .replaceAll("[\r\n]+", " | ")
                .replaceAll("[^ -~]", "?");
    }

    @Override
    public void close() {
        try {
            stream.close();
            reader.join();
        } catch (IOException _) {
            // There is nothing to be lost.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
