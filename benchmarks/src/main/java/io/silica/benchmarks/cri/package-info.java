// SPDX-License-Identifier: Apache-2.0

/** Pods through CRI: our handler beside runc's, on one containerd. */
@NullMarked
package io.silica.benchmarks.cri;

import org.jspecify.annotations.NullMarked;
