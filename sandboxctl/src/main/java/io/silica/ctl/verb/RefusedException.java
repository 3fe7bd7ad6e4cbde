// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

/**
 * Something is not done, for a reason that is about what the user has named, and about it alone.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
