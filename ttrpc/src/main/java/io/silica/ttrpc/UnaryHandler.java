// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * Answers a method that has one request and one response.
 *
 * @param <Q> request
 * @param <R> response
 */
@FunctionalInterface
public interface UnaryHandler<Q extends MessageLite, R extends MessageLite> {
    /**
     * Answers one call. What it throws becomes a status by the server's {@link ExceptionMapper}.
     *
     * @param context who calls, and for how long they wait
     */
    R handle(Q request, CallContext context) throws Exception;
}
