// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import static java.util.Comparator.comparingInt;

import java.util.Collection;
import java.util.Optional;

/** Finds what somebody probably meant to write. */
final class ClosestName {
    private ClosestName() {}

    /**
     * The name nearest to {@code written}; empty if none is near. Equally near: the first of them.
     */
    static Optional<String> to(String written, Collection<String> names) {
        int limit = Math.max(2, written.length() / 3);
        return names.stream()
                .min(comparingInt(name -> distance(written, name)))
                .filter(name -> distance(written, name) <= limit);
    }

    /** Levenshtein's distance: how many characters to insert, delete or replace. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            row = nextRow(row, from.charAt(i - 1), i, to);
        }
        return row[to.length()];
    }

    private static int[] nextRow(int[] above, char from, int index, String to) {
        int[] row = new int[above.length];
        row[0] = index;
        for (int j = 1; j < row.length; j++) {
            int replaced = above[j - 1] + (from == to.charAt(j - 1) ? 0 : 1);
            row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
        }
        return row;
    }
}
