// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Makes a status of what a handler threw: the one place where exceptions become codes. */
@FunctionalInterface
public interface ExceptionMapper {
    /** The status to answer with, never OK. Called on the thread of the handler. */
    TtrpcStatus toStatus(Throwable failure);

    /**
     * A {@link TtrpcException} is its status; anything else is UNKNOWN with its message, and logged
     * with its stack.
     */
    static ExceptionMapper standard() {
        Logger logger = System.getLogger(ExceptionMapper.class.getName());
        return failure -> {
            if (failure instanceof TtrpcException known) {
                return known.status();
            }
            logger.log(Level.WARNING, "a ttrpc handler failed", failure);
            return TtrpcStatus.of(StatusCode.UNKNOWN, String.valueOf(failure.getMessage()));
        };
    }
}
