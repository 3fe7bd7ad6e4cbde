// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.CommandException;
import io.silica.ctl.cli.ExitCode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code sandboxctl debug}: what somebody who helps wants to see. */
@Command(
        name = "debug",
        description = "Collects what somebody who helps wants to see.",
        mixinStandardHelpOptions = true)
final class DebugCommand {
    private static final DateTimeFormatter IN_NAMES =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SandboxCtl ctl;

    @Command(
            name = "bundle",
            description = {
                "Writes a zip file with states, journals, metrics, health, configuration and logs of the daemons,",
                "containerd's log, and the versions of what they run. A log is had where journald has it, or where",
                "the daemon writes to a file. Values of annotations and labels are withheld, what journals withhold,",
                "and what looks like a secret. Look through it before you give it away."
            },
            mixinStandardHelpOptions = true)
    int bundle(
            @Mixin StateDirectoryOption daemons,
            @Option(
                            names = "--file",
                            paramLabel = "FILE",
                            description = "The zip file. Default: silica-debug-TIME.zip.")
                    @Nullable Path file,
            @Option(
                            names = "--log",
                            paramLabel = "FILE",
                            description = "A log that lies elsewhere: its end. May be repeated.")
                    @Nullable List<Path> logs)
            throws IOException {
        Path zip = file != null ? file : Path.of(name(InstantSource.system().instant()));
        var states = daemons.directories();
        try (var bundle = DebugBundle.create(zip, Programs.here())) {
            write(bundle, states, logs == null ? List.of() : logs, zip);
        } catch (FileAlreadyExistsException e) {
            throw new CommandException(zip + " is there already; name another --file", e);
        }
        ctl.out().println(zip);
        return ExitCode.OK;
    }

    /** Leaves no half of one. */
    private static void write(DebugBundle bundle, List<Path> states, List<Path> logs, Path zip)
            throws IOException {
        boolean whole = false;
        try {
            bundle.addMachine();
            for (Path state : states) {
                bundle.addDaemon(state);
            }
            for (Path log : new LinkedHashSet<>(logs)) {
                bundle.addLog(log);
            }
            whole = true;
        } finally {
            if (!whole) {
                Files.deleteIfExists(zip);
            }
        }
    }

    private static String name(Instant now) {
        return "silica-debug-" + IN_NAMES.format(now) + ".zip";
    }
}
