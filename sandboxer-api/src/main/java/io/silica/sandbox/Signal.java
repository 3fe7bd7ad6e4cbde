// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * A signal as a caller names it.
 *
 * @param number 0 (is it there?) to 64, as Linux numbers them
 */
public record Signal(int number) {
    public static final Signal KILL = new Signal(9);
    public static final Signal TERM = new Signal(15);

    private static final int MAXIMUM = 64;

    /**
     * @throws SandboxException.InvalidArgument if Linux has no such signal
     */
    public Signal {
        if (number < 0 || number > MAXIMUM) {
            throw new SandboxException.InvalidArgument(
                    "signal " + number + " is not between 0 and " + MAXIMUM);
        }
    }

    /** The exit code by which a shell, and so containerd, tells of a death by this signal. */
    public int exitCode() {
        return 128 + number;
    }
}
