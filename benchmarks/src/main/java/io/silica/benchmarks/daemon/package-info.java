// SPDX-License-Identifier: Apache-2.0

/** Our own share of what containerd waits for: a whole daemon around a kind that does nothing. */
@NullMarked
package io.silica.benchmarks.daemon;

import org.jspecify.annotations.NullMarked;
