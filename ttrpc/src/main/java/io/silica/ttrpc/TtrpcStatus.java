// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.Any;
import io.silica.ttrpc.wire.Status;
import java.util.List;

/**
 * How a call ended, with words for a person and details for a program.
 *
 * @param code the class of the outcome
 * @param message what happened, for a person; empty if there is nothing to say
 * @param details typed details as in google.rpc.Status
 */
public record TtrpcStatus(StatusCode code, String message, List<Any> details) {
    /** Success, of which there is nothing to say. */
    public static final TtrpcStatus OK = of(StatusCode.OK, "");

    /** A status; the details are copied. */
    public TtrpcStatus {
        details = List.copyOf(details);
    }

    /** A status without details. */
    public static TtrpcStatus of(StatusCode code, String message) {
        return new TtrpcStatus(code, message, List.of());
    }

    /** Whether the call succeeded. */
    public boolean isOk() {
        return code == StatusCode.OK;
    }

    /** This status as an exception to throw from a handler. */
    public TtrpcException asException() {
        return new TtrpcException(this);
    }

    static TtrpcStatus fromWire(Status status) {
        return new TtrpcStatus(
                StatusCode.ofNumber(status.getCode()),
                status.getMessage(),
                status.getDetailsList());
    }

    Status toWire() {
        return Status.newBuilder()
                .setCode(code.number())
                .setMessage(message)
                .addAllDetails(details)
                .build();
    }
}
