// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.silica.ctl.verb;

import org.jspecify.annotations.NullMarked;
