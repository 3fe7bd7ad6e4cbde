// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/** What the decoder found in the stream of bytes. */
sealed interface Inbound permits Frame, Inbound.Oversized {
    /**
     * The header of a frame whose payload is longer than {@link Frame#MAX_PAYLOAD_BYTES}. The
     * decoder skips the payload; the stream can be told.
     *
     * @param streamId unsigned
     * @param payloadBytes how long the payload is
     */
    record Oversized(int streamId, int payloadBytes) implements Inbound {
        /** The answer of Go's server and client, word for word. */
        TtrpcStatus status() {
            return oversized(payloadBytes);
        }
    }

    static TtrpcStatus oversized(int payloadBytes) {
        return TtrpcStatus.of(
                StatusCode.RESOURCE_EXHAUSTED,
                "message length %d exceed maximum message size of %d"
                        .formatted(payloadBytes, Frame.MAX_PAYLOAD_BYTES));
    }
}
