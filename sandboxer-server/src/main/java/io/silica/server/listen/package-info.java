// SPDX-License-Identifier: Apache-2.0

/** The sockets that containerd dials. */
@NullMarked
package io.silica.server.listen;

import org.jspecify.annotations.NullMarked;
