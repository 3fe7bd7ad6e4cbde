// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Notices that nobody has needed this process for a while. */
final class IdleWatch {
    /** How often it looks in that while. */
    private static final int LOOKS = 10;

    private final BooleanSupplier busy;
    private final CountDownLatch idle = new CountDownLatch(1);
    private int idleLooks;

    /**
     * @param busy whether there is a guest or a connection
     */
    IdleWatch(BooleanSupplier busy) {
        this.busy = busy;
    }

    void start(ScheduledExecutorService clock, Duration idleTime) {
        long period = Math.max(1, idleTime.toMillis() / LOOKS);
        var _ = clock.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    private void look() {
        idleLooks = busy.getAsBoolean() ? 0 : idleLooks + 1;
        if (idleLooks >= LOOKS) {
            idle.countDown();
        }
    }

    void await() throws InterruptedException {
        idle.await();
    }
}
