// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * Answers a method that has one request and any number of responses.
 *
 * @param <Q> request
 * @param <R> response
 */
@FunctionalInterface
public interface ServerStreamingHandler<Q extends MessageLite, R extends MessageLite> {
    /**
     * Answers one call, on a virtual thread of its own. To return ends the stream of responses.
     * What it throws, be it from {@code responses}, becomes the status by the server's {@link
     * ExceptionMapper}.
     *
     * @param context who calls, and for how long they wait
     * @param responses of no use after the return
     */
    void handle(Q request, CallContext context, MessageSink<R> responses) throws Exception;
}
