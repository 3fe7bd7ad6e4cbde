// SPDX-License-Identifier: Apache-2.0

/**
 * Compares our .proto files with what the programs on the other side of the wire have compiled in.
 *
 * <p>Both sides come as protobuf descriptors: ours from protoc, theirs from a small Go program that
 * links the modules in question. {@link io.silica.proto.WireFacts} turns each side into plain lines
 * that can be compared one by one.
 */
@NullMarked
package io.silica.proto;

import org.jspecify.annotations.NullMarked;
