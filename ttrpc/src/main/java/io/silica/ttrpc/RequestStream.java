// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/**
 * A call with any number of requests and one response. Close it in any case: it is forgotten then.
 *
 * @param <Q> request
 * @param <R> response
 */
public interface RequestStream<Q, R> extends MessageSink<Q>, AutoCloseable {
    /**
     * Says that all requests were sent, and waits for the response.
     *
     * @throws TtrpcException if there is none, as with {@link TtrpcClient#call}
     * @throws IllegalStateException if it was called before
     */
    R finish();

    /** Gives the call up if it goes on; the server sees the end of the requests. Idempotent. */
    @Override
    void close();
}
