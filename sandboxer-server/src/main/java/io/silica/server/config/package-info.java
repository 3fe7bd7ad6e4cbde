// SPDX-License-Identifier: Apache-2.0

/**
 * The configuration of a daemon: TOML files and flags in, immutable records out.
 *
 * <pre>
 *   flags        --listen ...                       strongest
 *   drop-ins     /etc/silica/wasm.toml.d/NN-*.toml  later names win
 *   file         /etc/silica/wasm.toml
 *   defaults     the record of each section         weakest
 * </pre>
 *
 * <p>Rules: one record per section, which also knows its defaults; keys are lower-case words joined
 * by dashes; an unknown key, a wrong type or a value out of range is an error, in whichever layer
 * it stands and even if a stronger layer overrides it; all problems are reported at once, each with
 * its place and what was expected. Each value keeps the place it came from.
 *
 * <p>A kind adds sections of its own by reading them from the same {@link
 * io.silica.server.config.ConfigReader}.
 */
@NullMarked
package io.silica.server.config;

import org.jspecify.annotations.NullMarked;
