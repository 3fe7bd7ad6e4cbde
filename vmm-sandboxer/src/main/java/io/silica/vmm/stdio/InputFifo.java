// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.stdio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.OpenFlag;
import io.silica.linux.Poller;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/**
 * A FIFO of containerd's that a process's input comes from. It is open for writing, too: a
 * containerd that comes late, or again, is no end of it, and one that writes while there is no
 * daemon breaks no pipe. The end is told apart, by {@link #endAfterRest}.
 */
final class InputFifo {
    private final Descriptor descriptor;
    private final Poller poller;
    private final ParkedEnd parked;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean ended;

    private InputFifo(Descriptor descriptor, Poller poller, ParkedEnd parked) {
        this.descriptor = descriptor;
        this.poller = poller;
        this.parked = parked;
    }

    static InputFifo open(Path path, Poller poller, Parking parking, String name) {
        var descriptor = Descriptor.open(path, OpenFlag.READ_WRITE, OpenFlag.NON_BLOCKING);
        return new InputFifo(descriptor, poller, ParkedEnd.of(descriptor, parking, name));
    }

    /**
     * Waits for bytes.
     *
     * @return none at the end
     */
    byte[] read(int most) throws InterruptedException {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(most);
            while (true) {
                boolean last = ended;
                int count = descriptor.read(buffer, 0, most);
                if (count > 0) {
                    return copy(buffer, count);
                }
                if (last) {
                    return new byte[0];
                }
                await();
            }
        }
    }

    private static byte[] copy(MemorySegment buffer, int count) {
        var bytes = new byte[count];
        MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, 0, count);
        return bytes;
    }

    private void await() throws InterruptedException {
        try (var _ = poller.watch(descriptor, Epoll.READABLE, wake::release)) {
            wake.acquire();
        }
    }

    /** What is there is still read, and then it is at its end. */
    void endAfterRest() {
        ended = true;
        wake.release();
    }

    /** Nobody reads it any more. */
    void end() {
        parked.remove();
        letGo();
    }

    /** Closes our end, for the next daemon to open its own. */
    void letGo() {
        descriptor.close();
    }
}
