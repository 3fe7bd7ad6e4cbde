// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a guest may run, from its start on. It is kept here, where the guest is, so that it
 * holds whatever becomes of the daemon. Any thread may call any method.
 */
final class Deadline {
    /** Of a guest that ran for too long, as of timeout(1). */
    static final int EXIT_CODE = 124;

    private static final System.Logger LOG = System.getLogger(Deadline.class.getName());

    private final long millis;
    private final ScheduledExecutorService clock;
    private @Nullable Future<?> alarm;

    /**
     * @param millis 0 for none
     */
    Deadline(long millis, ScheduledExecutorService clock) {
        this.millis = millis;
        this.clock = clock;
    }

    /**
     * Begins to count.
     *
     * @param over called when the time is up, if {@link #end} was not called before; must not block
     */
    synchronized void begin(Runnable over) {
        if (millis != 0) {
            alarm = clock.schedule(over, millis, TimeUnit.MILLISECONDS);
        }
    }

    /** The guest has ended by itself. */
    synchronized void end() {
        if (alarm != null) {
            alarm.cancel(false);
        }
    }

    /** Tells why the guest was ended, where a person looks for it: on its standard error. */
    void report(OutputStream stderr) {
        var text =
                "wasm deadline: it has run for %d ms, which is all that it may\n".formatted(millis);
        try {
            stderr.write(text.getBytes(UTF_8));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "nobody reads of a deadline", e);
        }
    }
}
