// SPDX-License-Identifier: Apache-2.0

/** Tests. */
@NullMarked
package io.silica.vmm.qemu;

import org.jspecify.annotations.NullMarked;
