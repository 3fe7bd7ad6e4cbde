// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

/** What all that still matters costs together. Not thread safe. */
final class Ledger {
    private long cost;
    private int owed;

    /** Something costs so many bytes of a half, or no longer does. */
    void charge(int bytes) {
        cost += bytes;
    }

    /** So many records are to come that say that something no longer matters, or have come. */
    void owe(int records) {
        owed += records;
    }

    long cost() {
        return cost;
    }

    /** The room that those records take. */
    long owedBytes() {
        return (long) owed * RecordLayout.size(0);
    }
}
