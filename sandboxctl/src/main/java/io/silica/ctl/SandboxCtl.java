// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cri.ConfigException;
import io.silica.ctl.cri.CriException;
import io.silica.ctl.upgrade.UpgradeException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The command line. */
@Command(
        name = "sandboxctl",
        description = "Runs pods through CRI, and looks after sandboxer daemons.",
        mixinStandardHelpOptions = true,
        versionProvider = SandboxCtl.Version.class,
        subcommands = {
            RunCommand.class,
            StateCommand.class,
            JournalCommand.class,
            DoctorCommand.class,
            CheckCommand.class,
            SuperviseCommand.class,
            UpgradeCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:it could not be done", "2:the command line is wrong"})
final class SandboxCtl {
    private final PrintStream out;
    private final PrintStream err;

    SandboxCtl(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs a command and gives its exit code. */
    int execute(String... args) {
        return new CommandLine(this)
                .setOut(new PrintWriter(out, true, out.charset()))
                .setErr(new PrintWriter(err, true, err.charset()))
                .setExecutionExceptionHandler(SandboxCtl::report)
                .setAbbreviatedOptionsAllowed(false)
                .execute(args);
    }

    /** For what is printed as it is, byte by byte. */
    PrintStream out() {
        return out;
    }

    /** The same for errors. */
    PrintStream err() {
        return err;
    }

    /**
     * The failures that an operator can do something about are sentences; anything else is a
     * defect.
     */
    private static int report(Exception e, CommandLine command, ParseResult parsed)
            throws Exception {
        switch (e) {
            case CriException _,
                    ConfigException _,
                    CommandException _,
                    UpgradeException _,
                    IOException _ ->
                    command.getErr().println("sandboxctl: " + e.getMessage());
            default -> throw e;
        }
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    /** Says which build this is, from the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = SandboxCtl.class.getPackage().getImplementationVersion();
            return new String[] {"sandboxctl " + (version == null ? "(not packaged)" : version)};
        }
    }
}
