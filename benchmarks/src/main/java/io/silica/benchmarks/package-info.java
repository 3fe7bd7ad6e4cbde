// SPDX-License-Identifier: Apache-2.0

/** What all benchmarks share: order statistics, the description of the machine, the report. */
@NullMarked
package io.silica.benchmarks;

import org.jspecify.annotations.NullMarked;
