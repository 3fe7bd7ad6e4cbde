// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;

/** The CPU time of one platform thread, which stays known when the thread has gone. */
final class CpuClock {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private @Nullable Thread thread;
    private long last;

    synchronized void attach(Thread measured) {
        thread = measured;
    }

    /** Called by the thread itself, at its end. */
    synchronized void stop() {
        last = THREADS.getCurrentThreadCpuTime();
        thread = null;
    }

    /** In nanoseconds; 0 before it is attached. */
    synchronized long nanos() {
        if (thread != null) {
            // -1 for a thread that has gone.
            last = Math.max(last, THREADS.getThreadCpuTime(thread.threadId()));
        }
        return last;
    }
}
