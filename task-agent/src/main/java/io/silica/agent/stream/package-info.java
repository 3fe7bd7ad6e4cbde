// SPDX-License-Identifier: Apache-2.0
/**
 * Input and output of processes, numbered by their bytes, bounded, and kept until somebody else has
 * them.
 *
 * <pre>
 *   pipe or terminal --OutputPump--&gt; OffsetBuffer --Streams.Output--&gt; host
 *   host --Streams.Input--&gt; OffsetBuffer --InputPump--&gt; pipe or terminal
 * </pre>
 */
@NullMarked
package io.silica.agent.stream;

import org.jspecify.annotations.NullMarked;
