// SPDX-License-Identifier: Apache-2.0
/**
 * Statistics in the form in which containerd takes them: that of cgroup v2, whatever measured them.
 */
@NullMarked
package io.silica.server.cgroupform;

import org.jspecify.annotations.NullMarked;
