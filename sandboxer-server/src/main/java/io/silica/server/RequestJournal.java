// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.silica.server.config.ByteSize;
import io.silica.server.journal.Journal;
import io.silica.server.journal.JournalDirectory;
import io.silica.server.journal.JournalOpening;
import io.silica.server.journal.JournalOwner;
import io.silica.server.metrics.Metrics;
import io.silica.server.transport.InboundJournal;
import io.silica.ttrpc.ConnectionId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * The journal of a daemon whose connections outlive it, if there can be one.
 *
 * @param isContinued whether it tells of the connections of the last life
 * @param unusable how many could not be used at the start
 */
record RequestJournal(Optional<Journal> journal, boolean isContinued, int unusable)
        implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(RequestJournal.class.getName());

    /** That of a daemon whose connections end with it. */
    static RequestJournal none() {
        return new RequestJournal(Optional.empty(), false, 0);
    }

    /**
     * Opens it, and says what has become of the last one.
     *
     * @param holder the instance that keeps the connections
     * @param beforeFresh called before a new one is begun
     */
    static RequestJournal open(Path directory, ByteSize size, String holder, Runnable beforeFresh) {
        var owner = JournalOwner.now(holder);
        return switch (new JournalDirectory(directory, beforeFresh).open(size.bytes(), owner)) {
            case JournalOpening.Fresh(Journal journal) -> fresh(journal, 0);
            case JournalOpening.Damaged(Journal journal, String _, Path _) -> fresh(journal, 1);
            case JournalOpening.Outdated(Journal journal) -> {
                LOGGER.log(
                        Level.INFO,
                        "the journal is begun afresh: its connections ended with their holder");
                yield fresh(journal, 0);
            }
            case JournalOpening.Continued(Journal journal) ->
                    new RequestJournal(Optional.of(journal), true, 0);
            case JournalOpening.Unusable(String reason) -> {
                LOGGER.log(
                        Level.ERROR,
                        "there is no journal, and containers would be lost with this daemon: {0}",
                        reason);
                yield new RequestJournal(Optional.empty(), false, 1);
            }
        };
    }

    private static RequestJournal fresh(Journal journal, int unusable) {
        return new RequestJournal(Optional.of(journal), false, unusable);
    }

    /** Whether there is one. */
    boolean isKept() {
        return journal.isPresent();
    }

    /** For the transport. */
    InboundJournal inbound() {
        return journal.isPresent() ? journal.get() : InboundJournal.NONE;
    }

    /** Forgets all connections but these. */
    void keepOnly(Set<ConnectionId> held) {
        journal.ifPresent(it -> it.keepOnly(held));
    }

    /** Another instance keeps the connections. */
    void passTo(String holder) {
        journal.ifPresent(it -> it.passTo(JournalOwner.now(holder)));
    }

    /** Whether another container can be taken on. */
    boolean hasRoomForMore() {
        return journal.map(Journal::hasRoomForMore).orElse(true);
    }

    void measure(Metrics metrics) {
        metrics.gauge(
                "journal_used_bytes",
                "What requests without an answer take in the journal.",
                () -> value(Journal::bytes));
        metrics.gauge(
                "journal_capacity_bytes",
                "How much there is for them.",
                () -> value(Journal::capacity));
        metrics.counter(
                "journal_turns",
                "How many times the other half of the journal was turned to.",
                () -> value(Journal::turns));
        metrics.counter(
                "journal_replayed",
                "Requests of an earlier life that were begun again.",
                () -> value(Journal::replayed));
        metrics.counter(
                "journal_lost",
                "Journals that could not be used, and connections that could not be gone on with.",
                () -> value(Journal::lost) + unusable);
    }

    private long value(ToLongFunction<Journal> of) {
        return journal.isPresent() ? of.applyAsLong(journal.get()) : 0;
    }

    @Override
    public void close() {
        journal.ifPresent(Journal::close);
    }
}
