// SPDX-License-Identifier: Apache-2.0

/** The Linux calls that the JDK lacks. */
@NullMarked
package io.silica.linux;

import org.jspecify.annotations.NullMarked;
