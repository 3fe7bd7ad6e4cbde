// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.silica.linux.NativeLinkage;
import io.silica.server.cli.DaemonCommand;
import java.util.function.Function;

/** Where every daemon begins. */
public final class DaemonMain {
    private DaemonMain() {}

    /**
     * Runs a daemon and ends the process with its exit code.
     *
     * @param command makes the kind's command; it runs until the wish that it is given comes
     */
    public static void run(Function<Termination, DaemonCommand<?>> command, String... arguments) {
        // Before the command and its log are even loaded: a second processor does it meanwhile.
        NativeLinkage.begin();
        var termination = Termination.install();
        termination.exit(command.apply(termination).execute(arguments));
    }
}
