// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import java.io.Serial;

/** Bytes are not what a daemon writes. The message follows the name of the file. */
final class Damage extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    Damage(String message) {
        super(message);
    }

    static void unless(boolean condition, String otherwise) throws Damage {
        if (!condition) {
            throw new Damage(otherwise);
        }
    }
}
