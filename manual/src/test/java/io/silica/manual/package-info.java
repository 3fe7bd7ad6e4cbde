// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.silica.manual;

import org.jspecify.annotations.NullMarked;
