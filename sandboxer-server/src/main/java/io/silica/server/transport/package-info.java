// SPDX-License-Identifier: Apache-2.0
/**
 * The host-side ttrpc server: one thread, one epoll, any number of connections.
 *
 * <pre>
 *   UnixListener -> Acceptor --+                            +-- Outbox -> UnixSocket
 *                              +-- EpollLoop -> Connection -+
 *   a parked UnixSocket -------+      ^             |       +-- ServerConnection (the protocol)
 *                                     +-- resume ---+               |
 *                                                          handlers on the loop or on threads
 * </pre>
 *
 * <p>What arrives is peeked, journaled, consumed and only then given to the protocol, so that a
 * daemon that is killed at any moment has lost no request ({@link
 * io.silica.server.transport.InboundJournal}). Non-blocking handlers run on the loop, others hand
 * their answer to the connection's outbox from their own thread, which sends it itself if nobody
 * else is sending: cheaper than waking the loop.
 *
 * <p>Rules: a {@code Connection} is changed by the loop's thread only; its {@code Outbox} and the
 * loop's task queue are for every thread. Nothing on the loop blocks.
 */
@NullMarked
package io.silica.server.transport;

import org.jspecify.annotations.NullMarked;
