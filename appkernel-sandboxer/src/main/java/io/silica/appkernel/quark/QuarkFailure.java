// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.LinuxException;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.TtrpcException;

/** What a refusal of Quark, or of the kernel for it, is to us. */
final class QuarkFailure {
    private QuarkFailure() {}

    /**
     * What the kernel refused of files that others have named.
     *
     * @param action what could not be done: {@code open the streams of container "c1"}
     */
    static SandboxException ofFiles(String action, LinuxException refused) {
        var words = "cannot %s: %s".formatted(action, refused.getMessage());
        return refused.errno().isExhausted()
                ? new SandboxException.Exhausted(words, refused)
                : new SandboxException.InvalidArgument(words, refused);
    }

    /** The same of files of our own. */
    static SandboxException ofOwnFiles(String action, LinuxException refused) {
        var words = "cannot %s: %s".formatted(action, refused.getMessage());
        return refused.errno().isExhausted()
                ? new SandboxException.Exhausted(words, refused)
                : new SandboxException.Failed(words, refused);
    }

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
