// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import java.nio.file.Path;

/** How it went to open a journal. */
public sealed interface JournalOpening {
    /** There was none; now there is. */
    record Fresh(Journal journal) implements JournalOpening {}

    /** It tells of connections that are still there. */
    record Continued(Journal journal) implements JournalOpening {}

    /**
     * It told of connections that ended with the machine's last life or with whoever held them, and
     * was begun afresh.
     */
    record Outdated(Journal journal) implements JournalOpening {}

    /**
     * It could not be trusted and was begun afresh: what it told of connections that may still be
     * there is lost.
     *
     * @param reason what is wrong with it
     * @param kept where it is now
     */
    record Damaged(Journal journal, String reason, Path kept) implements JournalOpening {}

    /** There can be none now. */
    record Unusable(String reason) implements JournalOpening {}
}
