// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.silica.sandbox.Failpoint;
import io.silica.sandbox.SandboxId;
import io.silica.server.record.LoadedRecord;
import io.silica.server.record.RecordStore;
import io.silica.server.registry.Continuity;
import io.silica.server.registry.SandboxRecord;
import io.silica.server.registry.SandboxRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Finds again the sandboxes of an earlier life, and removes what belongs to none. A record that
 * makes no sense hinders no other: it is set aside and reported.
 */
final class Adoption {
    private static final Logger LOGGER = System.getLogger(Adoption.class.getName());

    private final RecordStore<SandboxRecord> records;
    private final SandboxRegistry registry;
    private final Continuity continuity;

    /**
     * @param continuity whether containers are kept
     */
    Adoption(RecordStore<SandboxRecord> records, SandboxRegistry registry, Continuity continuity) {
        this.records = records;
        this.registry = registry;
        this.continuity = continuity;
    }

    /** Returns when all that the records tell is known; the rest goes on in the background. */
    void run() {
        boolean whole = true;
        Failpoint.at("adoption.before");
        for (LoadedRecord<SandboxRecord> loaded : records.load()) {
            whole &=
                    switch (loaded) {
                        case LoadedRecord.Usable<SandboxRecord>(var id, var record) ->
                                adopted(id, record);
                        // Its store has logged it. What it told of may live: nothing is removed.
                        case LoadedRecord.Quarantined<SandboxRecord> _ -> false;
                    };
        }
        if (whole) {
            registry.removeStrangers();
        }
        Failpoint.at("adoption.done");
    }

    private boolean adopted(SandboxId id, SandboxRecord record) {
        try {
            requireOwn(id, record);
            registry.adopt(record, continuity);
            return true;
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "sandbox " + id + " could not be adopted", e);
            records.quarantine(id, String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** Under a name of another, it would be adopted twice. */
    private static void requireOwn(SandboxId id, SandboxRecord record) {
        if (!record.id().equals(id.value())) {
            throw new IllegalArgumentException(
                    "the record of sandbox \"%s\" is about another".formatted(id));
        }
    }
}
