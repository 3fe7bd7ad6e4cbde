// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

/**
 * A file cannot be used as a record; the message is the reason, in words that follow the file's
 * name.
 */
final class UntrustedRecordException extends Exception {
    private static final long serialVersionUID = 1;

    UntrustedRecordException(String reason) {
        super(reason);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
