// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/**
 * A call with any number of responses. Close it in any case: it is forgotten then.
 *
 * @param <R> response
 */
public interface ResponseStream<R> extends MessageSource<R>, AutoCloseable {
    /**
     * Gives the call up if it goes on. ttrpc has no word for that: a server that still sends does
     * so until it is done or the connection is closed, and its messages are dropped. Idempotent.
     */
    @Override
    void close();
}
