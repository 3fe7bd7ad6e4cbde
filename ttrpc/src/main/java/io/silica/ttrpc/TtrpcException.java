// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import org.jspecify.annotations.Nullable;

/**
 * A call that did not succeed. Thrown by {@link TtrpcClient} for every failure, whether the server
 * answered it or the call never got there, and by handlers to answer with a status of their choice.
 */
public final class TtrpcException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient TtrpcStatus status;

    /** A failure without a cause on this side. */
    public TtrpcException(TtrpcStatus status) {
        this(status, null);
    }

    /** A failure without details. */
    public TtrpcException(StatusCode code, String message) {
        this(TtrpcStatus.of(code, message));
    }

    /**
     * A failure.
     *
     * @throws IllegalArgumentException if the status says that the call succeeded
     */
    public TtrpcException(TtrpcStatus status, @Nullable Throwable cause) {
        super(status.code() + ": " + status.message(), cause);
        if (status.isOk()) {
            throw new IllegalArgumentException("a call that succeeded is no exception");
        }
        this.status = status;
    }

    /** How the call ended. */
    public TtrpcStatus status() {
        return status;
    }

    /** The code of the status. */
    public StatusCode code() {
        return status.code();
    }
}
