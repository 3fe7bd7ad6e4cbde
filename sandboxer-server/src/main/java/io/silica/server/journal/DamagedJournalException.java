// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

/** A journal, or a part of it, is not what was written. The message says what is wrong in words. */
final class DamagedJournalException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedJournalException(String message) {
        super(message);
    }
}
