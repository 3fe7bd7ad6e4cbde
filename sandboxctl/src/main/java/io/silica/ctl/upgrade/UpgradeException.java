// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.upgrade;

import org.jspecify.annotations.Nullable;

/** An upgrade cannot be done. The message says what is so and what to do. */
public final class UpgradeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UpgradeException(String message) {
        this(message, null);
    }

    UpgradeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
