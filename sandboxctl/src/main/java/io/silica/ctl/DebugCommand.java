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
                "Writes a zip file with states, journals, metrics and health of the daemons, and the",
                "machine's versions. Values of annotations and labels are withheld, and what journals withhold.",
                "Look through it before you give it away."
            },
            mixinStandardHelpOptions = true)
    int bundle(
            @Mixin StateDirectoryOption daemons,
            @Option(
                            names = "--file",
                            paramLabel = "FILE",
                            description = "The zip file. Default: silica-debug-TIME.zip.")
                    @Nullable Path file)
            throws IOException {
        Path zip = file != null ? file : Path.of(name(InstantSource.system().instant()));
        var states = daemons.directories();
        try (var bundle = DebugBundle.create(zip)) {
            write(bundle, states, zip);
        } catch (FileAlreadyExistsException e) {
            throw new CommandException(zip + " is there already; name another --file", e);
        }
        ctl.out().println(zip);
        return ExitCode.OK;
    }

    /** Leaves no half of one. */
    private static void write(DebugBundle bundle, List<Path> states, Path zip) throws IOException {
        boolean whole = false;
        try {
            bundle.addMachine();
            for (Path state : states) {
                bundle.addDaemon(state);
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
