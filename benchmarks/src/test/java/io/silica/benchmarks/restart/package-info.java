// SPDX-License-Identifier: Apache-2.0
/** What the benchmarks say is what was measured. */
@NullMarked
package io.silica.benchmarks.restart;

import org.jspecify.annotations.NullMarked;
