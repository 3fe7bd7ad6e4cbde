// SPDX-License-Identifier: Apache-2.0
package io.silica.server.wire;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/** Times on the wire. */
public final class Timestamps {
    private Timestamps() {}

    /** The instant as protobuf has it. */
    public static Timestamp of(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
