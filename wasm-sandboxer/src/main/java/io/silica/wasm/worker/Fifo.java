// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Descriptor;
import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import java.time.Duration;

/** A stream of containerd's that came as an O_PATH descriptor, and is opened here. */
final class Fifo {
    private static final Duration READER_WITHIN = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    private final ContainerId container;
    private final String stream;
    private final Descriptor found;

    /**
     * Looks at nothing yet.
     *
     * @param stream its name, for messages
     * @param found what came
     */
    Fifo(ContainerId container, String stream, Descriptor found) {
        this.container = container;
        this.stream = stream;
        this.found = found;
    }

    /** An end to read from; opening it never waits. */
    Descriptor reader() {
        return open(OpenFlag.READ);
    }

    /**
     * An end to write to. containerd's reader may be a moment behind its request; or gone for good,
     * because containerd takes the end of the last writer for the end of all output: then nobody
     * would ever read what the container writes, nor hear of its end.
     *
     * @throws SandboxException.WrongState if nobody reads
     */
    Descriptor writer() {
        long begun = System.nanoTime();
        while (true) {
            try {
                return openNow(OpenFlag.WRITE);
            } catch (LinuxException e) {
                if (e.errno() != Errno.ENXIO) {
                    throw failure(e);
                }
            }
            awaitReader(System.nanoTime() - begun);
        }
    }

    /** What it was found by is of no use once it is open. */
    void letGo() {
        found.close();
    }

    /** The kernel tells nobody that a FIFO has got a reader. */
    private void awaitReader(long waitedNanos) {
        if (waitedNanos > READER_WITHIN.toNanos()) {
            throw new SandboxException.WrongState(
                    "nobody reads the %s of container \"%s\": containerd has closed it, and the container has to be made anew"
                            .formatted(stream, container));
        }
        try {
            Thread.sleep(LOOK_AGAIN);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled(
                    "interrupted while the %s of container \"%s\" waited for a reader"
                            .formatted(stream, container));
        }
    }

    private Descriptor open(OpenFlag direction) {
        try {
            return openNow(direction);
        } catch (LinuxException e) {
            throw failure(e);
        }
    }

    private Descriptor openNow(OpenFlag direction) {
        return Descriptor.open(Descriptors.path(found), direction, OpenFlag.NON_BLOCKING);
    }

    private SandboxException failure(LinuxException e) {
        return new SandboxException.InvalidArgument(
                "cannot open the %s of container \"%s\": %s"
                        .formatted(stream, container, e.getMessage()),
                e);
    }
}
