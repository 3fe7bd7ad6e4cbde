// SPDX-License-Identifier: Apache-2.0
/**
 * The journal: what was read from the task connections and has not been answered, kept where a
 * daemon's death does not reach it.
 *
 * <pre>
 *   transport -> Journal -> TrackedConnections (what still matters) -> TrackedConnection, OpenRequest
 *                   |
 *                   +----> JournalFile: header | half 0 | half 1     (a map of a preallocated file)
 *                                                 Half: head, record, record, ...
 * </pre>
 *
 * A chunk is written to the half in use before it leaves its socket. When that half has filled up,
 * what still matters is copied to the other one, and one word of the header says that it is in use
 * now. After a death the records say which requests have no answer: reading them does to the
 * tracked connections exactly what writing them did.
 *
 * <p>A process that is killed loses nothing that it has stored to a map: the kernel has it. So
 * nothing is ever forced to the disk, and after a loss of power, when the connections are gone as
 * well, the journal is not used.
 *
 * <p>Rules: no system call and no allocation to speak of for a record; a record counts from the
 * store of its first word on, which is the last; every byte that is read back is doubted.
 */
@NullMarked
package io.silica.server.journal;

import org.jspecify.annotations.NullMarked;
