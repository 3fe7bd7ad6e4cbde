// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.time.Duration;

/**
 * The section {@code [limits]}: what one daemon and one sandbox may use, so that nobody can exhaust
 * it for everybody.
 *
 * @param maxSandboxes sandboxes of the daemon at a time
 * @param maxContainersPerSandbox containers of one sandbox at a time
 * @param claimWithin how long a sandbox may wait for its start, and for the first word about it
 *     after that, until it is removed as nobody's
 * @param nativeCallDeadline after which a native call, say a mount, counts as stuck
 * @param blockingCallsPerSandbox native calls that one sandbox may have under way at a time
 * @param eventOutbox events kept for containerd while it cannot be reached; then the oldest are
 *     dropped
 * @param journalSize the file in which requests are kept until they are answered; half of it is in
 *     use at a time
 */
public record LimitsConfig(
        int maxSandboxes,
        int maxContainersPerSandbox,
        Duration claimWithin,
        Duration nativeCallDeadline,
        int blockingCallsPerSandbox,
        int eventOutbox,
        ByteSize journalSize) {
    public static final String SECTION = "limits";
    public static final LimitsConfig DEFAULT =
            new LimitsConfig(
                    1024,
                    128,
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(30),
                    4,
                    4096,
                    ByteSize.mebibytes(16));

    static LimitsConfig read(ConfigSection section) {
        return new LimitsConfig(
                section.integer("max-sandboxes", DEFAULT.maxSandboxes, 1, 65_536),
                section.integer(
                        "max-containers-per-sandbox", DEFAULT.maxContainersPerSandbox, 1, 4096),
                section.duration(
                        "claim-within",
                        DEFAULT.claimWithin,
                        Duration.ofSeconds(10),
                        Duration.ofHours(24)),
                section.duration(
                        "native-call-deadline",
                        DEFAULT.nativeCallDeadline,
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10)),
                section.integer(
                        "blocking-calls-per-sandbox", DEFAULT.blockingCallsPerSandbox, 1, 64),
                section.integer("event-outbox", DEFAULT.eventOutbox, 16, 1 << 20),
                section.size(
                        "journal-size",
                        DEFAULT.journalSize,
                        ByteSize.mebibytes(16),
                        ByteSize.mebibytes(1024)));
    }
}
