// SPDX-License-Identifier: Apache-2.0

/**
 * Tests of {@code silica-supervise}, a program in C, as its neighbours see it: a daemon that it
 * starts and that parks descriptors, containerd that connects, a service manager of its own.
 */
@NullMarked
package io.silica.supervisor;

import org.jspecify.annotations.NullMarked;
