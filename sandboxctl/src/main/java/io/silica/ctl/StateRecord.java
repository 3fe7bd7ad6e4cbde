// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** What a daemon has written down about one sandbox, as far as it can be read. */
sealed interface StateRecord {
    /** The daemon's kind: the name of its state directory. */
    String kind();

    /** The sandbox's id: the name of the file. */
    String id();

    /**
     * A record as it was written.
     *
     * @param version of its format
     * @param content of the version that this program knows, or a later one
     */
    record Written(String kind, String id, int version, JsonNode content) implements StateRecord {}

    /**
     * A file that is no record.
     *
     * @param problem in words that follow the file's name
     */
    record Unreadable(String kind, String id, Path file, String problem) implements StateRecord {}

    /** A file that the daemon could not use when it started, and has put aside. */
    record Quarantined(String kind, String id, Path file) implements StateRecord {}
}
