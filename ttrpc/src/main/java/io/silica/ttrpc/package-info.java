// SPDX-License-Identifier: Apache-2.0

/**
 * ttrpc for Java, after PROTOCOL.md of github.com/containerd/ttrpc 1.2: calls over one connection
 * with ten bytes of framing.
 *
 * <pre>
 *   TtrpcClient ---- FrameWriter ----+                  +---- TtrpcServer (virtual threads, JDK channels)
 *        |                           | bytes            |
 *   PendingCalls -- FrameDecoder ----+         ServerConnection  (the protocol, without I/O)
 *                                                       |
 *                                              FrameDecoder, FrameSink, ServiceDefinition
 * </pre>
 *
 * The server's protocol is in {@link io.silica.ttrpc.ServerConnection}, which does no I/O, so that
 * other transports can drive it. Calls are unary. Frames of streaming calls are recognised and
 * answered as by a server that has no open stream.
 *
 * <p>The package knows protobuf and channels, nothing of containerd.
 */
@NullMarked
package io.silica.ttrpc;

import org.jspecify.annotations.NullMarked;
