// SPDX-License-Identifier: Apache-2.0
package io.silica.server.metrics;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Answers whether the daemon is well. Any thread may ask, and the answers do not block.
 *
 * @param alive false if only a restart helps
 * @param ready false if calls are not served yet, or no longer
 * @param danger what would be lost with the daemon and what to do about it; empty if nothing would
 */
public record Health(BooleanSupplier alive, BooleanSupplier ready, Supplier<String> danger) {}
