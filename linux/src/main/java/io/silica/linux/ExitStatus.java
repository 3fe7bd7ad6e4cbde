// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

/** How a process ended. */
public sealed interface ExitStatus {
    /**
     * It returned or called exit.
     *
     * @param code 0 to 255
     */
    record Exited(int code) implements ExitStatus {}

    /**
     * A signal ended it.
     *
     * @param signal its number
     * @param coreDumped whether a core was written
     */
    record Signalled(int signal, boolean coreDumped) implements ExitStatus {}

    /** One number for both, as shells and container runtimes have it: 128 + signal. */
    default int code() {
        return switch (this) {
            case Exited(int code) -> code;
            case Signalled(int signal, boolean _) -> 128 + signal;
        };
    }
}
