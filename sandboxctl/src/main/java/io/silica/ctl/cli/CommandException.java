// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cli;

import org.jspecify.annotations.Nullable;

/**
 * A command cannot be done. The message is the sentence that the operator reads: what, why, and
 * what to do.
 */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CommandException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
