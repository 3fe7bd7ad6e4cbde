// SPDX-License-Identifier: Apache-2.0

/** Tests. */
@NullMarked
package io.silica.appkernel.gvisor;

import org.jspecify.annotations.NullMarked;
