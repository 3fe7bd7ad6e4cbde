// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.TtrpcException;

/** What an agent's refusal is to us. */
public final class AgentFailure {
    private AgentFailure() {}

    /** Its words are the guest's. */
    public static SandboxException of(TtrpcException failure) {
        var words = Printable.of(failure.status().message());
        return switch (failure.code()) {
            case NOT_FOUND -> new SandboxException.NotFound(words);
            case ALREADY_EXISTS -> new SandboxException.AlreadyExists(words);
            case INVALID_ARGUMENT, OUT_OF_RANGE -> new SandboxException.InvalidArgument(words);
            case FAILED_PRECONDITION, ABORTED -> new SandboxException.WrongState(words);
            case UNIMPLEMENTED -> new SandboxException.Unsupported(words);
            case UNAVAILABLE ->
                    new SandboxException.Unavailable(
                            "the agent in the guest was lost: " + words, failure);
            case RESOURCE_EXHAUSTED -> new SandboxException.Exhausted(words);
            case DEADLINE_EXCEEDED ->
                    new SandboxException.TimedOut("the agent in the guest: " + words);
            case CANCELLED -> new SandboxException.Cancelled(words);
            case OK, UNKNOWN, PERMISSION_DENIED, INTERNAL, DATA_LOSS, UNAUTHENTICATED ->
                    new SandboxException.Failed("the agent in the guest: " + words, failure);
        };
    }
}
