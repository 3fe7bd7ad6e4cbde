// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * Begins a call that is answered later, perhaps hours later, without a thread that waits.
 *
 * @param <Q> request
 * @param <R> response
 */
@FunctionalInterface
public interface HeldHandler<Q extends MessageLite, R extends MessageLite> {
    /**
     * Keeps {@code reply} for the thread that will know the answer, or answers at once. Runs on the
     * thread that reads the connection and must not block. What it throws answers the call by the
     * server's {@link ExceptionMapper}.
     *
     * @param context register {@link CallContext#onCancel} to forget the reply when nobody waits
     *     for it any more
     */
    void handle(Q request, CallContext context, Reply<R> reply) throws Exception;
}
