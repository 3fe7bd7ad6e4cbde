// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Semaphore;

/**
 * A guest's standard input over a descriptor. After {@link #end} what is there is still read, and
 * then it is at its end, whoever else has the other side open. A read that waits ends when its
 * thread is interrupted.
 */
final class GuestStdin extends InputStream {
    private static final int CHUNK = 64 << 10;

    private final Descriptor descriptor;
    private final Poller poller;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean ended;

    /** Owns the descriptor from now on. */
    GuestStdin(Descriptor descriptor, Poller poller) {
        this.descriptor = descriptor;
        this.poller = poller;
        descriptor.nonBlocking(true);
    }

    /** Nothing more comes. Any thread may say so. */
    void end() {
        ended = true;
        wake.release();
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(Math.min(length, CHUNK));
            int count = fill(buffer);
            MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, offset, Math.max(count, 0));
            return count;
        } catch (LinuxException e) {
            throw new IOException(e);
        }
    }

    private int fill(MemorySegment buffer) throws IOException {
        while (true) {
            boolean last = ended;
            int count = descriptor.read(buffer, 0, buffer.byteSize());
            // A FIFO that nobody has opened for writing yet reads as if at its end, but is not.
            if (count > 0 || (count < 0 && descriptor.isReady(Epoll.READABLE))) {
                return count;
            }
            if (last) {
                return -1;
            }
            await();
        }
    }

    private void await() throws IOException {
        try (var _ = poller.watch(descriptor, Epoll.READABLE, wake::release)) {
            wake.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for standard input");
        }
    }

    /** Positive if a read would not wait. */
    @Override
    public int available() {
        return ended || descriptor.isReady(Epoll.READABLE) ? 1 : 0;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
