// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.CommandException;
import io.silica.ctl.cli.Console;
import io.silica.ctl.cri.ConfigException;
import io.silica.ctl.cri.CriException;
import io.silica.ctl.upgrade.UpgradeException;
import io.silica.ctl.verb.AttachCommand;
import io.silica.ctl.verb.CreateCommand;
import io.silica.ctl.verb.EventsCommand;
import io.silica.ctl.verb.ExecCommand;
import io.silica.ctl.verb.InspectCommand;
import io.silica.ctl.verb.InspectpCommand;
import io.silica.ctl.verb.LogsCommand;
import io.silica.ctl.verb.PodsCommand;
import io.silica.ctl.verb.PortForwardCommand;
import io.silica.ctl.verb.PsCommand;
import io.silica.ctl.verb.RefusedException;
import io.silica.ctl.verb.RmCommand;
import io.silica.ctl.verb.RmpCommand;
import io.silica.ctl.verb.RunpCommand;
import io.silica.ctl.verb.StartCommand;
import io.silica.ctl.verb.StatsCommand;
import io.silica.ctl.verb.StatspCommand;
import io.silica.ctl.verb.StopCommand;
import io.silica.ctl.verb.StoppCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.AutoComplete;
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
            RunpCommand.class,
            CreateCommand.class,
            StartCommand.class,
            ExecCommand.class,
            AttachCommand.class,
            LogsCommand.class,
            PortForwardCommand.class,
            PodsCommand.class,
            PsCommand.class,
            InspectCommand.class,
            InspectpCommand.class,
            StatsCommand.class,
            EventsCommand.class,
            StatspCommand.class,
            StopCommand.class,
            StoppCommand.class,
            RmCommand.class,
            RmpCommand.class,
            StateCommand.class,
            JournalCommand.class,
            DoctorCommand.class,
            MetricsCommand.class,
            DebugCommand.class,
            CheckCommand.class,
            ConfigCommand.class,
            BootReportCommand.class,
            SuperviseCommand.class,
            UpgradeCommand.class,
            AutoComplete.GenerateCompletion.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:it could not be done", "2:the command line is wrong"})
final class SandboxCtl implements Console {
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;

    SandboxCtl(PrintStream out, PrintStream err) {
        this(InputStream.nullInputStream(), out, err);
    }

    SandboxCtl(InputStream in, PrintStream out, PrintStream err) {
        this.in = in;
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
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public PrintStream out() {
        return out;
    }

    @Override
    public PrintStream err() {
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
                    RefusedException _,
                    UpgradeException _,
                    IOException _,
                    UncheckedIOException _ ->
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
