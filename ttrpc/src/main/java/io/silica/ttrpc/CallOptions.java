// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.time.Duration;
import java.util.Optional;

/**
 * What a caller asks for beside the request.
 *
 * @param timeout how long to wait for the answer; also told to the server. Empty waits for ever
 * @param metadata sent with the request
 */
public record CallOptions(Optional<Duration> timeout, Metadata metadata) {
    private static final CallOptions NONE = new CallOptions(Optional.empty(), Metadata.empty());

    /** No deadline, no metadata. */
    public static CallOptions none() {
        return NONE;
    }

    /** A timeout, no metadata. */
    public static CallOptions timeout(Duration timeout) {
        return NONE.withTimeout(timeout);
    }

    /** These options with this timeout. */
    public CallOptions withTimeout(Duration newTimeout) {
        return new CallOptions(Optional.of(newTimeout), metadata);
    }

    /** These options with one more value of a metadata key. */
    public CallOptions withMetadata(String key, String value) {
        return new CallOptions(timeout, metadata.with(key, value));
    }

    Deadline deadline() {
        return timeout.map(Deadline::after).orElse(Deadline.NONE);
    }
}
