// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import io.silica.linux.LinuxException;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.ExceptionMapper;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcStatus;

/** What the agent answers for each way in which a call can fail. */
final class StatusOfExceptions implements ExceptionMapper {
    private final ExceptionMapper others = ExceptionMapper.standard();

    @Override
    public TtrpcStatus toStatus(Throwable failure) {
        return switch (failure) {
            case SandboxException known ->
                    TtrpcStatus.of(code(known), String.valueOf(known.getMessage()));
            case LinuxException refused ->
                    TtrpcStatus.of(StatusCode.UNKNOWN, String.valueOf(refused.getMessage()));
            case InterruptedException _ -> TtrpcStatus.of(StatusCode.UNAVAILABLE, "interrupted");
            default -> others.toStatus(failure);
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
            case SandboxException.Failed _ -> StatusCode.UNKNOWN;
        };
    }
}
