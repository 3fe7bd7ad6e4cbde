// SPDX-License-Identifier: Apache-2.0

/** Small differences between how protobuf for Java and containerd write the same things. */
@NullMarked
package io.silica.server.wire;

import org.jspecify.annotations.NullMarked;
