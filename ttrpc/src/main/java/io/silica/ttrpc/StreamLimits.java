// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.time.Duration;

/**
 * What one stream may hold up. ttrpc has no flow control of its own: while the messages of one
 * stream are not taken, a side can only stop reading the connection, and with it all other calls.
 *
 * @param queuedBytes messages that came and were not taken; while there are more, the connection is
 *     not read
 * @param patience for how long a full queue may stay as it is: then its stream fails with
 *     RESOURCE_EXHAUSTED and the others go on
 */
public record StreamLimits(int queuedBytes, Duration patience) {
    /** Checked to leave room for a message. */
    public StreamLimits {
        if (queuedBytes < 1 || patience.isNegative()) {
            throw new IllegalArgumentException("a limit of streams is not positive");
        }
    }

    /** 256 KiB, and one second as Go's ttrpc has it. */
    public static StreamLimits standard() {
        return new StreamLimits(256 << 10, Duration.ofSeconds(1));
    }
}
