// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.CommandException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code sandboxctl supervise}: known here for the help only. The start script becomes {@code
 * silica-supervise} before there is a JVM.
 */
@Command(
        name = "supervise",
        description = {
            "Starts a daemon, again whenever it dies, and keeps what must not die with it: silica-supervise run.",
            "Without options for silica-supervise, the connections of /run/silica/KIND are held."
        },
        customSynopsis = "sandboxctl supervise [OPTION...] -- COMMAND...",
        mixinStandardHelpOptions = true)
final class SuperviseCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "COMMAND",
            description = "The daemon and its arguments, behind the options of silica-supervise.")
    private List<String> command = List.of();

    @Override
    public Integer call() {
        throw new CommandException(
                "sandboxctl was not started by its start script: use silica-supervise run "
                        + String.join(" ", command),
                null);
    }
}
