// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import java.util.List;

/**
 * What a journal says.
 *
 * @param version of its form
 * @param boot the machine's life in which it was written, 32 hexadecimal digits
 * @param holder the instance of whoever holds the connections, 32 hexadecimal digits
 * @param generation one more each time that the other half was turned to
 * @param fileBytes the length of the file
 * @param halfBytes the length of each half
 * @param writtenBytes how far the half in use is written, with what no longer matters
 * @param takenBytes what connections and requests without an answer take, as the daemon counts
 * @param records how many there are in the half in use
 * @param connections those that are kept
 */
public record JournalReport(
        int version,
        String boot,
        String holder,
        int generation,
        long fileBytes,
        int halfBytes,
        int writtenBytes,
        long takenBytes,
        int records,
        List<ConnectionReport> connections) {
    /** Which of the two halves is in use: 0 or 1. */
    public int half() {
        return generation & 1;
    }
}
