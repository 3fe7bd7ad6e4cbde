// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import io.silica.ctl.cri.ConfigException;
import io.silica.ctl.cri.CriException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The command line. */
@Command(
        name = "sandboxctl",
        description = "Runs pods through CRI, and shows what a sandboxer daemon knows.",
        mixinStandardHelpOptions = true,
        versionProvider = SandboxCtl.Version.class,
        subcommands = {RunCommand.class, StateCommand.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:it could not be done", "2:the command line is wrong"})
public final class SandboxCtl {
    // Held, for a logger that nobody holds forgets its level.
    private static final List<Logger> LIBRARIES =
            List.of(Logger.getLogger("io.grpc"), Logger.getLogger("io.netty"));

    private final PrintStream out;
    private final PrintStream err;

    SandboxCtl(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        keepLibrariesQuiet();
        System.exit(new SandboxCtl(System.out, System.err).execute(args));
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
            case CriException _, ConfigException _, CommandException _, IOException _ ->
                    command.getErr().println("sandboxctl: " + e.getMessage());
            default -> throw e;
        }
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    /** Their loggers would write between the container's output. */
    private static void keepLibrariesQuiet() {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        LIBRARIES.forEach(logger -> logger.setLevel(Level.OFF));
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
