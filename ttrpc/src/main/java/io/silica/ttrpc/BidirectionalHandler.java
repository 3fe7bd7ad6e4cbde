// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * Answers a method that has any number of requests and of responses, in whatever order the two
 * sides agree on.
 *
 * @param <Q> request
 * @param <R> response
 */
@FunctionalInterface
public interface BidirectionalHandler<Q extends MessageLite, R extends MessageLite> {
    /**
     * Answers one call, on a virtual thread of its own; a second one may send while it receives. To
     * return ends the stream, whether or not all requests were taken. What it throws becomes the
     * status by the server's {@link ExceptionMapper}.
     *
     * @param requests of no use after the return
     * @param context who calls, and for how long they wait
     * @param responses of no use after the return
     */
    void handle(MessageSource<Q> requests, CallContext context, MessageSink<R> responses)
            throws Exception;
}
