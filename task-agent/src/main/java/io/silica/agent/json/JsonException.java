// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.json;

/** What was to be JSON is none. */
public final class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1;

    JsonException(String message, int at) {
        super(message + " at character " + at);
    }
}
