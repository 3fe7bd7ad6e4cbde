// SPDX-License-Identifier: Apache-2.0
/** Boots the image under QEMU and speaks with its agent as the host does. */
@NullMarked
package io.silica.guest;

import org.jspecify.annotations.NullMarked;
