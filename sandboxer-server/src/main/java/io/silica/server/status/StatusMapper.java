// SPDX-License-Identifier: Apache-2.0
package io.silica.server.status;

import io.grpc.Status;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import io.silica.ttrpc.TtrpcStatus;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * What containerd is told of a failure. Its errdefs know these codes; an exception that nobody
 * foresaw is UNKNOWN, as in containerd's own mapper, and is logged here, once, with its stack.
 */
public final class StatusMapper {
    private static final Logger LOGGER = System.getLogger(StatusMapper.class.getName());

    /**
     * Longer messages are cut: a status travels in an HTTP/2 header, and a guest may have written
     * it.
     */
    private static final int MAXIMUM_MESSAGE = 4096;

    private StatusMapper() {}

    /** For the Controller service. */
    public static Status grpc(Throwable failure) {
        return Status.fromCodeValue(code(failure).number()).withDescription(message(failure));
    }

    /** For the Task service. */
    public static TtrpcStatus ttrpc(Throwable failure) {
        return TtrpcStatus.of(code(failure), message(failure));
    }

    private static StatusCode code(Throwable failure) {
        return switch (failure) {
            case SandboxException e -> code(e);
            case TtrpcException e -> e.code();
            default -> unforeseen(failure);
        };
    }

    private static StatusCode code(SandboxException failure) {
        return switch (failure) {
            case SandboxException.NotFound _ -> StatusCode.NOT_FOUND;
            case SandboxException.AlreadyExists _ -> StatusCode.ALREADY_EXISTS;
            case SandboxException.InvalidArgument _ -> StatusCode.INVALID_ARGUMENT;
            case SandboxException.WrongState _ -> StatusCode.FAILED_PRECONDITION;
            case SandboxException.Unsupported _ -> StatusCode.UNIMPLEMENTED;
            case SandboxException.Unavailable _ -> StatusCode.UNAVAILABLE;
            case SandboxException.Exhausted _ -> StatusCode.RESOURCE_EXHAUSTED;
            case SandboxException.TimedOut _ -> StatusCode.DEADLINE_EXCEEDED;
            case SandboxException.Cancelled _ -> StatusCode.CANCELLED;
            case SandboxException.Failed e -> unforeseen(e);
        };
    }

    private static StatusCode unforeseen(Throwable failure) {
        LOGGER.log(Level.ERROR, "a request failed in a way that nobody foresaw", failure);
        return StatusCode.UNKNOWN;
    }

    private static String message(Throwable failure) {
        String message =
                failure instanceof TtrpcException e
                        ? e.status().message()
                        : String.valueOf(failure.getMessage());
        return message.length() > MAXIMUM_MESSAGE ? message.substring(0, MAXIMUM_MESSAGE) : message;
    }
}
