// SPDX-License-Identifier: Apache-2.0

/** Our ttrpc server beside Go's, under the load of a client in Go. */
@NullMarked
package io.silica.benchmarks.ttrpc;

import org.jspecify.annotations.NullMarked;
