// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** See {@link Poller#outputStream}. */
final class DescriptorOutputStream extends OutputStream {
    private final Descriptor descriptor;
    private final Readiness readiness;

    DescriptorOutputStream(Descriptor descriptor, Poller poller) {
        this.descriptor = descriptor;
        this.readiness = new Readiness(poller, descriptor, Epoll.WRITABLE);
        descriptor.nonBlocking(true);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(Math.min(length, DescriptorInputStream.CHUNK));
            for (int done = 0; done < length; ) {
                int count = (int) Math.min(length - done, buffer.byteSize());
                MemorySegment.copy(bytes, offset + done, buffer, JAVA_BYTE, 0, count);
                drain(buffer, count);
                done += count;
            }
        } catch (LinuxException e) {
            throw Readiness.asIoException(e);
        }
    }

    private void drain(MemorySegment buffer, int length) throws IOException {
        for (int done = 0; done < length; ) {
            int count = descriptor.write(buffer, done, length - done);
            if (count == 0) {
                readiness.await();
            }
            done += count;
        }
    }

    @Override
    public void close() {
        readiness.close();
    }
}
