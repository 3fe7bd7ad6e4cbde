// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.silica.ctl.streaming;

import org.jspecify.annotations.NullMarked;
