// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/** Why nobody waits for the answer to a call any more. */
public enum Cancellation {
    /** The caller's deadline has passed. */
    DEADLINE_EXCEEDED,
    /**
     * The connection is closed, by the caller or by us. ttrpc has no frame that cancels one call.
     */
    CONNECTION_CLOSED,
    /**
     * The caller broke the rules of its stream, or its messages were not taken for longer than
     * {@link StreamLimits} allow. It was answered so.
     */
    STREAM_BROKEN
}
