// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.server.record.RecordStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the record of one sandbox true. Changes that come while one is being written are written
 * together by the next, and what says nothing new is not written at all. Safe for use by any
 * thread; every method blocks on the disk.
 */
final class RecordWriter {
    private static final Logger LOGGER = System.getLogger(RecordWriter.class.getName());

    private final RecordStore<SandboxRecord> store;
    private final SandboxId id;
    private final Supplier<SandboxRecord> present;
    private final AtomicLong changes = new AtomicLong();
    private long covered;
    private @Nullable SandboxRecord written;
    private boolean deleted;

    /**
     * @param present what is so now; a change is in it before it is to be written
     */
    RecordWriter(RecordStore<SandboxRecord> store, SandboxId id, Supplier<SandboxRecord> present) {
        this.store = store;
        this.id = id;
        this.present = present;
    }

    /**
     * Returns when what was changed before this call stands in the record.
     *
     * @throws SandboxException if it cannot be written; then the record before is still there
     */
    void save() {
        long change = changes.incrementAndGet();
        synchronized (this) {
            if (covered < change && !deleted) {
                write();
            }
        }
    }

    /**
     * The same for what the record need not say: the kind knows it, too, and a next life of the
     * daemon asks it. A record that cannot be written is a warning and no failure.
     */
    void note() {
        try {
            save();
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "the record of sandbox " + id + " lags behind", e);
        }
    }

    /** Deletes the record; nothing is written any more. */
    synchronized void delete() {
        deleted = true;
        store.delete(id);
    }

    private void write() {
        long upTo = changes.get();
        SandboxRecord content = present.get();
        if (!content.equals(written)) {
            store.save(id, content);
            written = content;
        }
        covered = upTo;
    }
}
