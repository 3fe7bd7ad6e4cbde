// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.TtrpcException;

/** What a refusal of Quark is to us. */
final class QuarkFailure {
    private QuarkFailure() {}

    /** Most that Quark refuses it calls unknown. */
    static SandboxException of(TtrpcException failure) {
        var words = "Quark: " + Printable.of(failure.status().message());
        return switch (failure.code()) {
            case NOT_FOUND -> new SandboxException.NotFound(words);
            case ALREADY_EXISTS -> new SandboxException.AlreadyExists(words);
            case INVALID_ARGUMENT, OUT_OF_RANGE -> new SandboxException.InvalidArgument(words);
            case FAILED_PRECONDITION, ABORTED -> new SandboxException.WrongState(words);
            case UNIMPLEMENTED -> new SandboxException.Unsupported(words);
            case UNAVAILABLE -> new SandboxException.Unavailable(words, failure);
            case RESOURCE_EXHAUSTED -> new SandboxException.Exhausted(words);
            case DEADLINE_EXCEEDED -> new SandboxException.TimedOut(words);
            case CANCELLED -> new SandboxException.Cancelled(words);
            case OK, UNKNOWN, PERMISSION_DENIED, INTERNAL, DATA_LOSS, UNAUTHENTICATED ->
                    new SandboxException.Failed(words, failure);
        };
    }
}
