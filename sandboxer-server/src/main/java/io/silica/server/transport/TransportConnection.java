// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.linux.Descriptor;
import io.silica.ttrpc.ConnectionId;

/**
 * An open connection, as others may see it.
 *
 * @param id what {@link io.silica.ttrpc.CallContext#connection} calls it
 * @param descriptor stays the transport's, which closes it at the end; duplicate it to keep the
 *     connection beyond that
 */
public record TransportConnection(ConnectionId id, Descriptor descriptor) {}
