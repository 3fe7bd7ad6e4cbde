// SPDX-License-Identifier: Apache-2.0
package io.silica.server.notify;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a service manager has told this process by its environment (sd_notify(3),
 * sd_watchdog_enabled(3), sd_pid_notify_with_fds(3)).
 *
 * @param socket the path of the socket, or its abstract name after {@code @}
 * @param watchdog after what silence the process is taken for dead, if this process is watched at
 *     all
 * @param storeCapacity how many descriptors it keeps for this process, if it says so
 */
record NotifyEnvironment(
        Optional<String> socket, Optional<Duration> watchdog, OptionalInt storeCapacity) {
    static NotifyEnvironment of(Map<String, String> environment, long processId) {
        return new NotifyEnvironment(
                Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
                        .filter(NotifyEnvironment::isAddress),
                watchdog(environment, processId),
                storeCapacity(environment));
    }

    private static OptionalInt storeCapacity(Map<String, String> environment) {
        var count = environment.getOrDefault("FDSTORE", "");
        return count.matches("\\d{1,9}")
                ? OptionalInt.of(Integer.parseInt(count))
                : OptionalInt.empty();
    }

    private static boolean isAddress(String text) {
        return text.length() > 1 && (text.startsWith("/") || text.startsWith("@"));
    }

    /**
     * Set for another process, say the shell that started this one, the watchdog is not ours to
     * feed.
     */
    private static Optional<Duration> watchdog(Map<String, String> environment, long processId) {
        var owner = environment.get("WATCHDOG_PID");
        if (owner != null && !owner.equals(Long.toString(processId))) {
            return Optional.empty();
        }
        return Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                .filter(micros -> micros.matches("[1-9]\\d{0,14}"))
                .map(micros -> Duration.ofNanos(Math.multiplyExact(Long.parseLong(micros), 1000L)));
    }
}
