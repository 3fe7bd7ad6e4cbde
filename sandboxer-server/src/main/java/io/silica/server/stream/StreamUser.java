// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import com.google.protobuf.ByteString;

/** The process's side of a stream. Any thread may call any method. */
interface StreamUser {
    /**
     * containerd has opened the stream, or has opened it again: only the last one counts. One that
     * is over already is ignored: that was told before, or is not told.
     */
    void connected(StreamConnection connection);

    /**
     * The stream is over.
     *
     * @param closed whether containerd has closed it, instead of being gone
     */
    void disconnected(StreamConnection connection, boolean closed);

    /** containerd has room for more. Must not block. */
    void granted();

    /** Bytes have come, within the window; returns when they are taken. */
    void received(ByteString bytes) throws InterruptedException;
}
