// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Poller;
import io.silica.wasm.worker.ProtocolVersions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The workers with one engine: a fault in one engine's native code is no affair of the other's
 * guests.
 *
 * @param shared those of the node
 * @param owns those of pods
 */
record EngineWorkers(Workers shared, OwnWorkers owns) implements AutoCloseable {
    /** Those whose files are in a directory. Nothing is started or sought yet. */
    static EngineWorkers in(
            Path directory,
            Supplier<WorkerCommand> command,
            Poller poller,
            ProtocolVersions versions,
            Supplier<Optional<String>> build) {
        return new EngineWorkers(
                new Workers(
                        command, new WorkerPlaces(directory), poller, versions, Payer.NODE, build),
                new OwnWorkers(command, directory, poller, versions, build));
    }

    @Override
    public void close() {
        shared.close();
        owns.close();
    }
}
