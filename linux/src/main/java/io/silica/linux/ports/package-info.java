// SPDX-License-Identifier: Apache-2.0
/**
 * Port forwarding for kinds whose servers do not listen in the pod's network namespace, where
 * containerd dials them.
 */
@NullMarked
package io.silica.linux.ports;

import org.jspecify.annotations.NullMarked;
