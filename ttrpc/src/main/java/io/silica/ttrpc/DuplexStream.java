// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/**
 * A call with any number of requests and of responses. One thread may send while another receives.
 * Two sides that only send fill each other's queues, and one of them gives up ({@link
 * StreamLimits}).
 *
 * @param <Q> request
 * @param <R> response
 */
public interface DuplexStream<Q, R> extends MessageSink<Q>, ResponseStream<R> {
    /** Says that all requests were sent; responses may still come. Idempotent. */
    void closeSend();

    /** Gives the call up if it goes on; the server sees the end of the requests. Idempotent. */
    @Override
    void close();
}
