// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import com.google.protobuf.Duration;
import io.silica.proto.guest.AttachResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * How long each part of the start of a pod took, one after the other, in milliseconds. What the
 * guest says of itself is taken for as long as it waited for the guest, and no longer.
 */
final class BootTimes {
    private static final long NANOS = 1_000_000;
    private static final long MILLIS = 1_000;

    private final Map<String, Long> parts = new LinkedHashMap<>();

    /** Does a part. */
    synchronized <T> T time(String part, Supplier<T> work) {
        long begun = System.nanoTime();
        try {
            return work.get();
        } finally {
            parts.put(part, (System.nanoTime() - begun) / NANOS);
        }
    }

    /** Does a part that gives nothing. */
    void run(String part, Runnable work) {
        var _ =
                time(
                        part,
                        () -> {
                            work.run();
                            return part;
                        });
    }

    /** Waits for the agent, and divides that by what it says. */
    synchronized AttachResponse timeGuest(Supplier<AttachResponse> wait) {
        long begun = System.nanoTime();
        var answer = wait.get();
        long waited = (System.nanoTime() - begun) / NANOS;
        long dial = Math.clamp(millis(answer.getUntilDial()), 0, waited);
        long agent = Math.clamp(millis(answer.getUntilAgent()), 0, dial);
        parts.put("firmware and attach", waited - dial);
        parts.put("kernel to agent", agent);
        parts.put("agent to dial", dial - agent);
        return answer;
    }

    private static long millis(Duration told) {
        return Math.clamp(told.getSeconds(), 0, Integer.MAX_VALUE) * MILLIS
                + Math.clamp(told.getNanos(), 0, Integer.MAX_VALUE) / NANOS;
    }

    /** All of it, as a pod's record has it: {@code network=120,qemu=80}. */
    synchronized String text() {
        return parts.entrySet().stream()
                .map(it -> it.getKey() + "=" + it.getValue())
                .collect(Collectors.joining(","));
    }
}
