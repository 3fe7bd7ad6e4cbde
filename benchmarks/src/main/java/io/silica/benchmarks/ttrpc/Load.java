// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.ttrpc;

/**
 * What a server has to do.
 *
 * @param callers how many call at a time, on so many connections
 */
record Load(String name, int connections, int callers) {}
