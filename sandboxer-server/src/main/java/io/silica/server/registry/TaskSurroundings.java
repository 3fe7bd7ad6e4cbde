// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

/**
 * What every task of a sandbox shares.
 *
 * @param daemon what every sandbox shares
 * @param record the sandbox's record
 * @param tombstones what was deleted lately
 */
record TaskSurroundings(Surroundings daemon, RecordWriter record, Tombstones tombstones) {}
