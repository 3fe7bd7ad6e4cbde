// SPDX-License-Identifier: Apache-2.0

/**
 * ttrpc for Java, after PROTOCOL.md of github.com/containerd/ttrpc 1.2: calls over one connection
 * with ten bytes of framing.
 *
 * <pre>
 *   TtrpcClient ---- FrameWriter ----+                  +---- TtrpcServer (virtual threads, JDK channels)
 *        |                           | bytes            |
 *   PendingCalls -- FrameDecoder ----+         ServerConnection  (the protocol, without I/O)
 *        |                                              |
 *   UnaryCall, ClientStream -- Inbox           FrameDecoder, FrameSink, ServiceDefinition
 *                                                       |
 *                                              ServerCall, ServerStream -- Inbox
 * </pre>
 *
 * The server's protocol is in {@link io.silica.ttrpc.ServerConnection}, which does no I/O, so that
 * other transports can drive it. A stream, on either side, is a {@link
 * io.silica.ttrpc.MessageSource} and a {@link io.silica.ttrpc.MessageSink}, whose methods block;
 * what has come and was not taken waits in an inbox, which is bounded by {@link
 * io.silica.ttrpc.StreamLimits}.
 *
 * <p>The package knows protobuf and channels, nothing of containerd.
 */
@NullMarked
package io.silica.ttrpc;

import org.jspecify.annotations.NullMarked;
