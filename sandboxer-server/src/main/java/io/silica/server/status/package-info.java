// SPDX-License-Identifier: Apache-2.0

/** The one place where an exception becomes a status of gRPC or ttrpc, which share their codes. */
@NullMarked
package io.silica.server.status;

import org.jspecify.annotations.NullMarked;
