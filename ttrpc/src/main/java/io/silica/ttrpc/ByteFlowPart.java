// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.ByteString;

/**
 * What a message of a {@link ByteFlow} says.
 *
 * @param bytes those that follow what was sent before; may be empty
 * @param taken how many bytes of the other direction were read since the beginning; 0 if the
 *     message says nothing of it
 * @param end whether no bytes follow
 */
public record ByteFlowPart(ByteString bytes, long taken, boolean end) {
    private static final ByteFlowPart END = new ByteFlowPart(ByteString.EMPTY, 0, true);

    static ByteFlowPart of(ByteString bytes) {
        return new ByteFlowPart(bytes, 0, false);
    }

    static ByteFlowPart ofTaken(long count) {
        return new ByteFlowPart(ByteString.EMPTY, count, false);
    }

    static ByteFlowPart ofEnd() {
        return END;
    }
}
