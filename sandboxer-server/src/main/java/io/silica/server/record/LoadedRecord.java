// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import io.silica.sandbox.SandboxId;
import java.nio.file.Path;

/** What came of a file that was found when the daemon started. */
public sealed interface LoadedRecord<T> {
    /** The record is as it was written. */
    record Usable<T>(SandboxId id, T content) implements LoadedRecord<T> {}

    /**
     * The file could not be used.
     *
     * @param file its name in the store
     * @param reason in words that follow the file's name
     * @param kept where it lies now
     */
    record Quarantined<T>(String file, String reason, Path kept) implements LoadedRecord<T> {}
}
