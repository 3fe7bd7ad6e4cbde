// SPDX-License-Identifier: Apache-2.0
package io.silica.server.controller;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/**
 * Holds calls until the daemon has found its sandboxes again. containerd's connections are accepted
 * and shaken hands with meanwhile: it gives up on a handshake after a second, and on a call never.
 */
public final class Readiness {
    private final CountDownLatch ready = new CountDownLatch(1);

    /** Lets the calls go. */
    public void reached() {
        ready.countDown();
    }

    /** Whether calls are answered. */
    public boolean isReached() {
        return ready.getCount() == 0;
    }

    /** Runs on the given executor what must wait until then. */
    Executor hold(Executor executor) {
        return work ->
                executor.execute(() -> {
                    if (awaited()) {
                        work.run();
                    }
                });
    }

    private boolean awaited() {
        try {
            ready.await();
            return true;
        } catch (InterruptedException _) {
            // The daemon ends before it was ready: the connection is closed, and with it the call.
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
