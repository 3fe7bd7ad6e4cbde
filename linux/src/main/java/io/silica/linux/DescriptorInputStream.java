// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** See {@link Poller#inputStream}. */
final class DescriptorInputStream extends InputStream {
    /** What a pipe holds unless it was told otherwise (pipe(7)). */
    static final int CHUNK = 64 * 1024;

    private final Descriptor descriptor;
    private final Readiness readiness;

    DescriptorInputStream(Descriptor descriptor, Poller poller) {
        this.descriptor = descriptor;
        this.readiness = new Readiness(poller, descriptor, Epoll.READABLE);
        descriptor.nonBlocking(true);
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(Math.min(length, CHUNK));
            int count = fill(buffer);
            MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, offset, Math.max(count, 0));
            return count;
        } catch (LinuxException e) {
            throw Readiness.asIoException(e);
        }
    }

    private int fill(MemorySegment buffer) throws IOException {
        while (true) {
            int count = descriptor.read(buffer, 0, buffer.byteSize());
            // A FIFO without a writer reads as if at its end, but polls as such only if there was
            // one.
            if (count > 0 || (count < 0 && descriptor.isReady(Epoll.READABLE))) {
                return count;
            }
            readiness.await();
        }
    }

    @Override
    public void close() {
        readiness.close();
    }
}
