// SPDX-License-Identifier: Apache-2.0

/**
 * Streamed stdio: containerd opens a stream for each of a process's streams and names it in the
 * request that makes the process. Kinds know nothing of it. What is around the kind gives each such
 * stream a FIFO of our own, below the state directory, and bytes are carried between the two.
 *
 * <pre>
 *   containerd --ttrpc stream--> StreamConnection --StreamTable, by id--> InputPipe  --FIFO--> kind
 *              <-----------------                                     <-- OutputPipe <--FIFO--
 * </pre>
 *
 * <p>A FIFO outlives the daemon as the process does, and the next life finds it by its name; a
 * stream ends with the daemon. Nothing is read from a FIFO that containerd has granted no room for,
 * and an end is told when containerd has taken what came before it.
 */
@NullMarked
package io.silica.server.stream;

import org.jspecify.annotations.NullMarked;
