// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.ttrpc.ConnectionId;
import java.util.function.Consumer;

/**
 * What a transport may use and whom it serves.
 *
 * @param journal told of all that is read
 * @param peers who may connect
 * @param maxConnections open at a time; further ones wait in the listener's queue until one closes
 * @param sendBufferBytes asked of the kernel for each connection, so that a whole frame goes at
 *     once; the kernel's limit for those without CAP_NET_ADMIN may make it less
 * @param onEnd told on the loop's thread of each connection that has come to its end, because its
 *     peer is gone or sent what is not ttrpc: whoever keeps another descriptor of it can let it go.
 *     The transport's own end is none for its connections. Must not block
 */
public record TransportOptions(
        InboundJournal journal,
        PeerPolicy peers,
        int maxConnections,
        int sendBufferBytes,
        Consumer<ConnectionId> onEnd) {
    /** No journal; root and our own user; 4096 connections; room for four of the largest frames. */
    public static TransportOptions standard() {
        return new TransportOptions(
                InboundJournal.NONE, PeerPolicy.rootAndOwnUser(), 4096, 16 << 20, _ -> {});
    }

    public TransportOptions withJournal(InboundJournal other) {
        return new TransportOptions(other, peers, maxConnections, sendBufferBytes, onEnd);
    }

    public TransportOptions withPeers(PeerPolicy other) {
        return new TransportOptions(journal, other, maxConnections, sendBufferBytes, onEnd);
    }

    public TransportOptions withMaxConnections(int connections) {
        return new TransportOptions(journal, peers, connections, sendBufferBytes, onEnd);
    }

    public TransportOptions withSendBufferBytes(int bytes) {
        return new TransportOptions(journal, peers, maxConnections, bytes, onEnd);
    }

    public TransportOptions withOnEnd(Consumer<ConnectionId> other) {
        return new TransportOptions(journal, peers, maxConnections, sendBufferBytes, other);
    }
}
