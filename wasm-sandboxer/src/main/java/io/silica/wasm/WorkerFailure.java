// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.TtrpcException;

/** What a worker's refusal is to us. */
final class WorkerFailure {
    private WorkerFailure() {}

    static SandboxException of(TtrpcException failure) {
        var words = failure.status().message();
        return switch (failure.code()) {
            case NOT_FOUND -> new SandboxException.NotFound(words);
            case ALREADY_EXISTS -> new SandboxException.AlreadyExists(words);
            case INVALID_ARGUMENT, OUT_OF_RANGE -> new SandboxException.InvalidArgument(words);
            case FAILED_PRECONDITION, ABORTED -> new SandboxException.WrongState(words);
            case UNIMPLEMENTED -> new SandboxException.Unsupported(words);
            case UNAVAILABLE ->
                    new SandboxException.Unavailable("the wasm worker is gone: " + words);
            case RESOURCE_EXHAUSTED -> new SandboxException.Exhausted(words);
            case DEADLINE_EXCEEDED -> new SandboxException.TimedOut("wasm worker: " + words);
            case CANCELLED -> new SandboxException.Cancelled(words);
            case OK, UNKNOWN, PERMISSION_DENIED, INTERNAL, DATA_LOSS, UNAUTHENTICATED ->
                    new SandboxException.Failed("wasm worker: " + words, failure);
        };
    }
}
