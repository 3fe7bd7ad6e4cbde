// SPDX-License-Identifier: Apache-2.0
package io.silica.server.metrics;

import java.util.function.BooleanSupplier;

/**
 * Answers whether the daemon is well. Any thread may ask, and the answers do not block.
 *
 * @param alive false if only a restart helps
 * @param ready false if calls are not served yet, or no longer
 */
public record Health(BooleanSupplier alive, BooleanSupplier ready) {}
