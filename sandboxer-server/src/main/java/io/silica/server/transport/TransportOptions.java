// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

/**
 * What a transport may use and whom it serves.
 *
 * @param journal told of all that is read
 * @param peers who may connect
 * @param maxConnections open at a time; further ones wait in the listener's queue until one closes
 * @param sendBufferBytes asked of the kernel for each connection, so that a whole frame goes at
 *     once; the kernel's limit for those without CAP_NET_ADMIN may make it less
 */
public record TransportOptions(
        InboundJournal journal, PeerPolicy peers, int maxConnections, int sendBufferBytes) {
    /** No journal; root and our own user; 4096 connections; room for four of the largest frames. */
    public static TransportOptions standard() {
        return new TransportOptions(
                InboundJournal.NONE, PeerPolicy.rootAndOwnUser(), 4096, 16 << 20);
    }

    public TransportOptions withJournal(InboundJournal other) {
        return new TransportOptions(other, peers, maxConnections, sendBufferBytes);
    }

    public TransportOptions withPeers(PeerPolicy other) {
        return new TransportOptions(journal, other, maxConnections, sendBufferBytes);
    }

    public TransportOptions withMaxConnections(int connections) {
        return new TransportOptions(journal, peers, connections, sendBufferBytes);
    }

    public TransportOptions withSendBufferBytes(int bytes) {
        return new TransportOptions(journal, peers, maxConnections, bytes);
    }
}
