// SPDX-License-Identifier: Apache-2.0

/**
 * What the whole daemon does when a step of it fails, stands still or is asked for many times at
 * once, seen from containerd's side of both services. The kind under it is the fake one, whose
 * steps fail and stand still on demand.
 */
@NullMarked
package io.silica.server.faults;

import org.jspecify.annotations.NullMarked;
