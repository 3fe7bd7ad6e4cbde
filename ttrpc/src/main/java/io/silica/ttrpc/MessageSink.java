// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/**
 * Where a side of a stream puts its messages. Thread safe: each message is sent whole.
 *
 * @param <T> message
 */
public interface MessageSink<T> {
    /**
     * Sends a message; blocks while the other side does not take what was sent before.
     *
     * @throws TtrpcException if the call has ended: the status that it ended with, or
     *     FAILED_PRECONDITION if it ended well; RESOURCE_EXHAUSTED if the message is longer than 4
     *     MiB, which the stream survives; CANCELLED if the thread was interrupted (it stays so)
     */
    void send(T message);
}
