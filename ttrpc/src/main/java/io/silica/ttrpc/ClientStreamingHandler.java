// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * Answers a method that has any number of requests and one response.
 *
 * @param <Q> request
 * @param <R> response
 */
@FunctionalInterface
public interface ClientStreamingHandler<Q extends MessageLite, R extends MessageLite> {
    /**
     * Answers one call, on a virtual thread of its own. It need not take all requests: those that
     * come after the return are dropped. What it throws, be it from {@code requests}, becomes the
     * status by the server's {@link ExceptionMapper}.
     *
     * @param requests of no use after the return
     * @param context who calls, and for how long they wait
     */
    R handle(MessageSource<Q> requests, CallContext context) throws Exception;
}
