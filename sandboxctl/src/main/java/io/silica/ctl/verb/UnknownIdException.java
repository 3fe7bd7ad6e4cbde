// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

/** What a user has named is not there, or is more than one. */
public final class UnknownIdException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownIdException(String message) {
        super(message);
    }
}
