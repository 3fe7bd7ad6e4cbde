// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.stdio;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.linux.Poller;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * A FIFO of containerd's that a process's output is written to. An end to read from keeps it from
 * breaking when containerd goes. The copy that outlives the daemon is of the end to write to alone,
 * so that it is seen whether containerd reads.
 */
final class OutputFifo {
    /** The kernel tells nobody that a FIFO has got a reader. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Descriptor reader;
    private final Descriptor writer;
    private final Poller poller;
    private final ParkedEnd parked;

    private OutputFifo(Descriptor reader, Descriptor writer, Poller poller, ParkedEnd parked) {
        this.reader = reader;
        this.writer = writer;
        this.poller = poller;
        this.parked = parked;
    }

    /** Opens it; with our own reader that never waits for containerd's. */
    static OutputFifo open(Path path, Poller poller, Parking parking, String name) {
        var reader = Descriptor.open(path, OpenFlag.READ, OpenFlag.NON_BLOCKING);
        try {
            var writer = Descriptor.open(path, OpenFlag.WRITE, OpenFlag.NON_BLOCKING);
            try {
                return new OutputFifo(reader, writer, poller, ParkedEnd.of(writer, parking, name));
            } catch (RuntimeException e) {
                writer.close();
                throw e;
            }
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /**
     * Writes once; waits until there is room.
     *
     * @return the bytes written, which may be fewer
     * @throws LinuxException EBADF when it was let go of
     */
    int write(MemorySegment buffer, long offset, long length) throws InterruptedException {
        while (true) {
            int count = writer.write(buffer, offset, length);
            if (count > 0) {
                return count;
            }
            awaitRoom();
        }
    }

    private void awaitRoom() throws InterruptedException {
        var room = new Semaphore(0);
        try (var _ = poller.watch(writer, Epoll.WRITABLE, room::release)) {
            room.acquire();
        }
    }

    /**
     * Returns when nothing is left to be read or somebody is there to read it. A FIFO that nobody
     * has open forgets what is in it.
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

    /** Nothing more comes: containerd sees its end. */
    void end() {
        parked.remove();
        letGo();
    }

    /** Closes our ends, for the next daemon to open its own. */
    void letGo() {
        reader.close();
        writer.close();
    }
}
