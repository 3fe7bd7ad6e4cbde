// SPDX-License-Identifier: Apache-2.0

/**
 * What the daemon counts, and the socket where it is asked for it.
 *
 * <p>Rules: names begin with {@code silica_} unless they are the usual ones of processes and JVMs;
 * a label takes its values from a fixed set, never from what a caller or a guest has sent; what can
 * be read when somebody asks is not kept up to date meanwhile.
 */
@NullMarked
package io.silica.server.metrics;

import org.jspecify.annotations.NullMarked;
