// SPDX-License-Identifier: Apache-2.0
/**
 * Reads a daemon's request journal, also while the daemon writes to it, and changes nothing.
 *
 * <pre>
 *   JournalReader: the file -> JournalHeader, HalfHead -> RecordCursor -> KeptConnections -> JournalReport
 *                                                                              `-> RequestContent
 * </pre>
 *
 * The form of the file is that of the package {@code journal} of sandboxer-server, and the tests
 * read what that has written. Rules: nothing is opened for writing; every byte is doubted; of a
 * request only what cannot be a secret goes into a report.
 */
@NullMarked
package io.silica.ctl.journal;

import org.jspecify.annotations.NullMarked;
