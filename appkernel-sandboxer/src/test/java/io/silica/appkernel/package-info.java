// SPDX-License-Identifier: Apache-2.0

/** Tests. */
@NullMarked
package io.silica.appkernel;

import org.jspecify.annotations.NullMarked;
