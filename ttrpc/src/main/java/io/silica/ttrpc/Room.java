// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Where those wait who would send more than a {@link FrameSink} takes. Thread safe. */
final class Room {
    private final FrameSink sink;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    Room(FrameSink sink) {
        this.sink = sink;
    }

    /** Waits until the sink is writable, or there is no use in waiting. */
    void await(BooleanSupplier useless) throws InterruptedException {
        if (sink.writable()) {
            return;
        }
        lock.lockInterruptibly();
        try {
            while (!sink.writable() && !useless.getAsBoolean()) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Either may have come true. Never waits for longer than it takes to look. */
    void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
