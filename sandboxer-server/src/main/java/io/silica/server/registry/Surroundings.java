// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.TaskEvent;
import io.silica.server.record.RecordStore;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * What every sandbox of the daemon shares.
 *
 * @param limits the registry's limits
 * @param records where records are kept
 * @param events where events go; taking one never blocks
 * @param inFlight counts the changes that are under way
 * @param clock the wall clock
 */
record Surroundings(
        RegistryConfig limits,
        RecordStore<SandboxRecord> records,
        Consumer<TaskEvent> events,
        InFlight inFlight,
        InstantSource clock) {}
