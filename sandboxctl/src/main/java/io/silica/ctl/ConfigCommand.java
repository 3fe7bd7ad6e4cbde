// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code sandboxctl config}: known here for the help and for what is wrong. The start script
 * becomes the daemon of the kind, which alone knows its sections, before there is a JVM.
 */
@Command(
        name = "config",
        description = "Looks at the configuration of a sandboxer daemon, as that would read it.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ConfigCommand.Check.class,
            ConfigCommand.Defaults.class,
            ConfigCommand.Dump.class
        })
final class ConfigCommand implements Runnable {
    private static final String EXIT_CODES = "%nExit codes:%n";
    private static final String DONE = "0:done";
    private static final String WRONG = "1:the configuration is wrong";
    private static final String USAGE = "2:the command line is wrong";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected check, default or dump");
    }

    @Command(
            name = "check",
            description = "Says all that is wrong with it at once, each with file and line.",
            customSynopsis = "sandboxctl config check --kind KIND [--config FILE] [--json]",
            mixinStandardHelpOptions = true,
            exitCodeListHeading = EXIT_CODES,
            exitCodeList = {"0:nothing is wrong", WRONG, USAGE})
    static final class Check extends DaemonOfKind {}

    @Command(
            name = "default",
            description =
                    "Prints every setting with its default, commented out, beside what may stand there.",
            customSynopsis = "sandboxctl config default --kind KIND [--json]",
            mixinStandardHelpOptions = true,
            exitCodeListHeading = EXIT_CODES,
            exitCodeList = {DONE, USAGE})
    static final class Defaults extends DaemonOfKind {}

    @Command(
            name = "dump",
            description = "Prints what holds of every setting, and which file and line says so.",
            customSynopsis = "sandboxctl config dump --kind KIND [--config FILE] [--json]",
            mixinStandardHelpOptions = true,
            exitCodeListHeading = EXIT_CODES,
            exitCodeList = {DONE, WRONG, USAGE})
    static final class Dump extends DaemonOfKind {}
}
