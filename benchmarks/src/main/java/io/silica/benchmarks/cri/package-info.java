// SPDX-License-Identifier: Apache-2.0

/** Pods through CRI: our handlers beside runc's, and beside runsc without a containerd. */
@NullMarked
package io.silica.benchmarks.cri;

import org.jspecify.annotations.NullMarked;
