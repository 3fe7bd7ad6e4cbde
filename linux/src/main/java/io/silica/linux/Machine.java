// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What process 1 of a machine does to it. Native because the JDK runs on machines and not for them.
 * Each takes effect for all that share our namespaces, and wants the right to it.
 */
public final class Machine {
    private static final int CLOCK_REALTIME = 0;
    private static final int REBOOT_MAGIC_1 = 0xFEE1_DEAD;
    private static final int REBOOT_MAGIC_2 = 0x2812_1969;
    private static final int POWER_OFF = 0x4321_FEDC;
    private static final int ADD_TO_ENTROPY = 0x4008_5203;
    private static final int RESEED = 0x5207;

    private Machine() {}

    /** Names it. */
    public static void hostname(String name) {
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocateFrom(name);
            Syscall.SETHOSTNAME.check(
                    Syscall.SETHOSTNAME.invoke(bytes.address(), bytes.byteSize() - 1), name);
        }
    }

    /** Sets the wall clock. */
    public static void clock(Instant now) {
        try (var arena = Arena.ofConfined()) {
            var time = arena.allocateFrom(JAVA_LONG, now.getEpochSecond(), now.getNano());
            Syscall.CLOCK_SETTIME.check(
                    Syscall.CLOCK_SETTIME.invoke(CLOCK_REALTIME, time.address()), now);
        }
    }

    /** Stirs secret bytes into the kernel's random numbers, and has it use them at once. */
    public static void entropy(byte[] secret) {
        try (var arena = Arena.ofConfined();
                var device = Descriptor.open(Path.of("/dev/urandom"), OpenFlag.WRITE)) {
            var request = arena.allocate(2L * Integer.BYTES + secret.length, Integer.BYTES);
            request.set(JAVA_INT, 0, Byte.SIZE * secret.length);
            request.set(JAVA_INT, Integer.BYTES, secret.length);
            MemorySegment.copy(secret, 0, request, JAVA_BYTE, 2L * Integer.BYTES, secret.length);
            device.call(Syscall.IOCTL, ADD_TO_ENTROPY, request.address());
            device.call(Syscall.IOCTL, RESEED, 0);
        }
    }

    /** Has all that is cached written; blocks until it is: on a platform thread. */
    public static void sync() {
        Syscall.SYNC.invoke(0, 0);
    }

    /** Ends it at once: nothing is written first. */
    public static void powerOff() {
        Syscall.REBOOT.check(
                Syscall.REBOOT.invoke(REBOOT_MAGIC_1, REBOOT_MAGIC_2, POWER_OFF, 0), "power off");
    }
}
