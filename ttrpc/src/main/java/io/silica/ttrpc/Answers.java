// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.ttrpc.wire.Response;

/** Reads what a server has answered; what cannot be read is INTERNAL. */
final class Answers {
    private Answers() {}

    /** Throws the status of a call that has failed. */
    static void throwFailure(Response response) {
        if (response.hasStatus() && response.getStatus().getCode() != StatusCode.OK.number()) {
            throw TtrpcStatus.fromWire(response.getStatus()).asException();
        }
    }

    static <R extends MessageLite> R message(ByteString payload, Parser<R> responses) {
        try {
            return responses.parseFrom(payload);
        } catch (InvalidProtocolBufferException e) {
            throw malformed("the response's payload", e);
        }
    }

    static TtrpcException malformed(String what, InvalidProtocolBufferException cause) {
        var words = "cannot read %s: %s".formatted(what, cause.getMessage());
        return new TtrpcException(TtrpcStatus.of(StatusCode.INTERNAL, words), cause);
    }
}
