// SPDX-License-Identifier: Apache-2.0
package io.silica.server.holder;

import io.silica.linux.UnixSocket;
import io.silica.ttrpc.ConnectionId;

/**
 * A connection that a holder keeps.
 *
 * @param id as the holder knows it
 * @param socket another descriptor of it; whoever has this record closes it
 */
public record HeldConnection(ConnectionId id, UnixSocket socket) {}
