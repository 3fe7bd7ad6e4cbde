// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import io.grpc.Status;
import java.util.Objects;

/**
 * A CRI call failed. The message is a sentence for the operator: what, why, and what to do if that
 * is known.
 */
public final class CriException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Status.Code code;

    CriException(Status.Code code, String message, Throwable cause) {
        super(message, Objects.requireNonNull(cause, "cause is null"));
        this.code = code;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** The status that the runtime answered with, or that stands for not reaching it. */
    public Status.Code code() {
        return code;
    }
}
