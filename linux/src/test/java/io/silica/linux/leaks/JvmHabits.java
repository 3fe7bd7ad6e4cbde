// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;

/**
 * What a JVM opens once, at first use, and keeps: had it been opened by a test, it would look like
 * a leak.
 */
final class JvmHabits {
    private JvmHabits() {}

    /** Opens it. Idempotent. */
    static void begin() {
        Once.done();
    }

    private static void open() {
        try {
            blockAVirtualThread();
            new ProcessBuilder("true").start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens the pollers by which virtual threads wait for sockets and pipes. */
    private static void blockAVirtualThread() throws IOException, InterruptedException {
        var pipe = Pipe.open();
        try (var source = pipe.source();
                var sink = pipe.sink()) {
            var reader =
                    Thread.ofVirtual().name("silica-leaks-poller").start(() -> readQuietly(source));
            while (reader.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            sink.write(ByteBuffer.allocate(1));
            reader.join();
        }
    }

    private static void readQuietly(Pipe.SourceChannel source) {
        try {
            source.read(ByteBuffer.allocate(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The initialisation of a class happens once. No code of this class may run on another thread:
     * it would wait.
     */
    private static final class Once {
        static {
            open();
        }

        private static void done() {}
    }
}
