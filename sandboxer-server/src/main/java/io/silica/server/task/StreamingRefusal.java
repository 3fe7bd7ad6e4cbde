// SPDX-License-Identifier: Apache-2.0
package io.silica.server.task;

import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcStatus;

/**
 * Refuses a runtime that is configured for streamed stdio, in words that name the setting. The call
 * comes when a container is created, before its task is.
 */
public final class StreamingRefusal {
    private StreamingRefusal() {}

    /** The service that says no. */
    public static ServiceDefinition definition() {
        return ServiceDefinition.named("containerd.services.streaming.v1.Streaming")
                .refusedForGood(
                        "Stream",
                        TtrpcStatus.of(
                                StatusCode.UNIMPLEMENTED,
                                "streamed stdio is not supported: set io_type = \"fifo\" for this"
                                        + " runtime in containerd's configuration"))
                .build();
    }
}
