// SPDX-License-Identifier: Apache-2.0

/** Tests, on a program that stands in for Quark. */
@NullMarked
package io.silica.appkernel.quark;

import org.jspecify.annotations.NullMarked;
