// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import io.silica.linux.BootClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** When this machine booted, and what. */
final class Boot {
    private final BootClock clock = new BootClock();
    private final Duration untilAgent = sinceBoot();
    private volatile Duration untilDial = Duration.ZERO;

    /** Made as the first thing that the agent does. */
    Boot() {}

    private Duration sinceBoot() {
        return Duration.ofNanos(clock.nanos());
    }

    /** The host is being dialled: the first time counts. */
    void dials() {
        if (untilDial.isZero()) {
            untilDial = sinceBoot();
        }
    }

    Duration untilAgent() {
        return untilAgent;
    }

    Duration untilDial() {
        return untilDial;
    }

    Instant bootedAt() {
        return Instant.now().minus(sinceBoot());
    }

    String kernelRelease() {
        return read(Path.of("/proc/sys/kernel/osrelease"));
    }

    String imageVersion() {
        return read(Path.of("/usr/lib/silica/image-version"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException _) {
            return "unknown";
        }
    }
}
