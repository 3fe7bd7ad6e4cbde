// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.time.Instant;

/**
 * How and when a process or a sandbox ended.
 *
 * @param code 0 to 255; 128 + n for a death by signal n
 * @param at when it ended, by the wall clock
 */
public record ExitStatus(int code, Instant at) {
    /** The code of an end that nobody saw, as containerd has it. */
    public static final int UNKNOWN = 255;

    private static final int MAXIMUM = 255;

    public ExitStatus {
        if (code < 0 || code > MAXIMUM) {
            throw new IllegalArgumentException("exit code " + code + " is not between 0 and 255");
        }
    }
}
