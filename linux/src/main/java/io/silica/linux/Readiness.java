// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** How a stream waits for its descriptor, and how its close ends that. */
final class Readiness {
    private final Poller poller;
    private final Descriptor descriptor;
    private final int events;
    private volatile @Nullable CountDownLatch waiting;

    Readiness(Poller poller, Descriptor descriptor, int events) {
        this.poller = poller;
        this.descriptor = descriptor;
        this.events = events;
    }

    /** Returns when it is worth another try, which is what tells that the descriptor was closed. */
    void await() throws IOException {
        var ready = new CountDownLatch(1);
        waiting = ready;
        try (var _ = poller.watch(descriptor, events, ready::countDown, ready::countDown)) {
            ready.await();
            if (poller.isClosed()) {
                throw new InterruptedIOException(
                        "nothing waits any more for " + descriptor.label());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + descriptor.label());
        } finally {
            waiting = null;
        }
    }

    void close() {
        descriptor.close();
        var ready = waiting;
        if (ready != null) {
            ready.countDown();
        }
    }

    static IOException asIoException(LinuxException e) {
        return new IOException(e.getMessage(), e);
    }
}
