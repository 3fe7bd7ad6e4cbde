// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Text that a stranger wrote, fit for a message or a log: printable ASCII and not too long. */
public final class Printable {
    private static final int LONGEST = 1000;

    private Printable() {}

    /** The same, cut and with a question mark for all else; nothing for null. */
    public static String of(@Nullable String text) {
        return text == null
                ? ""
                : text.chars()
                        .limit(LONGEST)
                        .mapToObj(c -> String.valueOf(c >= ' ' && c <= '~' ? (char) c : '?'))
                        .collect(Collectors.joining());
    }
}
