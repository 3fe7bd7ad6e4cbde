// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.time.Duration;

/** Is told of every answered call, for metrics. */
@FunctionalInterface
public interface CallObserver {
    /** Looks away. */
    CallObserver NONE = (_, _, _, _) -> {};

    /**
     * A call of a registered method was answered. Runs on the answering thread: must not block or
     * throw.
     *
     * @param took from the decoded request to the encoded answer
     */
    void answered(String service, String method, StatusCode code, Duration took);
}
