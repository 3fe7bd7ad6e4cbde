// SPDX-License-Identifier: Apache-2.0

/**
 * What the daemon keeps on disk: a state directory that belongs to one daemon at a time, and in it
 * one record per sandbox.
 *
 * <pre>
 *   /run/silica/wasm/               0700, StateDirectory
 *       lock                        held for the life of the daemon
 *       sandboxes/                  0700, RecordStore
 *           ID.json                 0600, one envelope
 *           .ID.json.N.tmp          a write that did not finish; removed at the next start
 *           quarantine/             what could not be used, kept for an operator
 * </pre>
 *
 * <p>Rules: a record changes by rename alone, after it has been synchronised, so that a reader
 * finds the old one or the new one; what cannot be trusted is moved aside and reported, and never
 * deleted, for something alive may stand behind it; the records have classes of their own, never
 * those of the domain.
 */
@NullMarked
package io.silica.server.record;

import org.jspecify.annotations.NullMarked;
