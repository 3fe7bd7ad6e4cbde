// SPDX-License-Identifier: Apache-2.0

/**
 * Tests that drive a real containerd and the distribution as users do: through CRI.
 *
 * <p>{@link io.silica.e2e.OnEveryContainerd} gives a test class a {@link io.silica.e2e.Node}: a
 * containerd of its own with the sandboxer beside it, once for each version, shared by the tests of
 * the class. Whatever a test leaves on it fails the test. When a test fails, the logs of both
 * programs are shown.
 */
@NullMarked
package io.silica.e2e;

import org.jspecify.annotations.NullMarked;
