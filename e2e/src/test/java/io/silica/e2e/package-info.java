// SPDX-License-Identifier: Apache-2.0

/** End-to-end tests. */
@NullMarked
package io.silica.e2e;

import org.jspecify.annotations.NullMarked;
