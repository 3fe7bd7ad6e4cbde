// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * The time since the machine was booted, the same for every process and going on while the machine
 * sleeps ({@code CLOCK_BOOTTIME}). Native because the JDK's clocks are one process's, stop in
 * sleep, or jump.
 *
 * <p>Most readings make no system call: they add to the JDK's clock, which only loses the time
 * asleep, what was found out at most {@link #TRUSTED_NANOS} before. Thread safe.
 */
public final class BootClock {
    private static final int CLOCK_BOOTTIME = 7;

    /** How long after a sleep readings may still lack it. */
    static final long TRUSTED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final MemorySegment time = Arena.ofAuto().allocate(JAVA_LONG, 2);
    private volatile Reading last = read();

    private record Reading(long monotonic, long ahead) {}

    /** Nanoseconds since the machine was booted. */
    public long nanos() {
        long monotonic = System.nanoTime();
        var reading = last;
        if (monotonic - reading.monotonic > TRUSTED_NANOS) {
            reading = read();
            last = reading;
        }
        return monotonic + reading.ahead;
    }

    private synchronized Reading read() {
        var call = Syscall.CLOCK_GETTIME;
        long monotonic = System.nanoTime();
        call.check(call.invoke(CLOCK_BOOTTIME, time, 0, 0, 0, 0), "(boot time)");
        long boot =
                TimeUnit.SECONDS.toNanos(time.getAtIndex(JAVA_LONG, 0))
                        + time.getAtIndex(JAVA_LONG, 1);
        return new Reading(monotonic, boot - monotonic);
    }
}
