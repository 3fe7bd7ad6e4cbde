// SPDX-License-Identifier: Apache-2.0

/** Tests. */
@NullMarked
package io.silica.vmm.agent;

import org.jspecify.annotations.NullMarked;
