// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cli;

/**
 * How sandboxctl ends. {@code run} passes on the exit code of its container, whatever that is;
 * killed by a signal it ends as the shell has it, with 128 and the signal's number.
 */
public final class ExitCode {
    /** All went well; of {@code state list}: and all records could be read. */
    public static final int OK = 0;

    /** It could not be done; one sentence on standard error says why. */
    public static final int FAILED = 1;

    /** The command line is wrong. */
    public static final int USAGE = 2;

    /**
     * Of {@code run}: it was not the container that failed. Containers can exit with it too, but
     * rarely do.
     */
    public static final int NOT_RUN = 125;

    private ExitCode() {}
}
