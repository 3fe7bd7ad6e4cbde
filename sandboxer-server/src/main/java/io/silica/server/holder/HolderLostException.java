// SPDX-License-Identifier: Apache-2.0
package io.silica.server.holder;

import java.io.Serial;

/** There is no holder, or no longer, or it is none of ours. */
final class HolderLostException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    HolderLostException(String reason) {
        super(reason);
    }

    /** In words. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
