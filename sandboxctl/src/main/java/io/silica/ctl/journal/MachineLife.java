// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Which life this machine is in, and when it began.
 *
 * @param boot 32 hexadecimal digits
 * @param since when the machine was booted, to a hundredth of a second
 */
public record MachineLife(String boot, Instant since) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path UPTIME = Path.of("/proc/uptime");

    /** The one that is now. */
    public static MachineLife now() throws IOException {
        String boot = Files.readString(BOOT_ID).strip().replace("-", "");
        var uptime = new BigDecimal(Files.readString(UPTIME).split(" ", 2)[0]);
        return new MachineLife(
                boot, Instant.now().minus(Duration.ofMillis(uptime.movePointRight(3).longValue())));
    }

    /** The time of day that was so long after the boot. */
    public Instant at(long nanosAfterBoot) {
        return since.plusNanos(nanosAfterBoot);
    }
}
