// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.Output;
import io.silica.ctl.journal.JournalException;
import io.silica.ctl.journal.JournalReader;
import io.silica.ctl.journal.MachineLife;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** {@code sandboxctl journal}: what containerd has asked and was not answered yet. */
@Command(
        name = "journal",
        description = {
            "Shows the journals of the sandboxer daemons: containerd's connections, and the requests that have no answer.",
            "It only reads, and a daemon may run meanwhile. What can carry secrets is withheld."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:a journal is missing, damaged, or of no daemon that this user runs",
            "2:the command line is wrong"
        })
final class JournalCommand implements Callable<Integer> {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SandboxCtl ctl;

    @ArgGroup private Place place = new Place();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Output output = Output.table;

    /** Which journals. */
    private static final class Place {
        @Parameters(
                paramLabel = "FILE",
                arity = "0..1",
                description = "A journal, one that a daemon has set aside for example.")
        private @Nullable Path file;

        @Option(
                names = "--dir",
                paramLabel = "DIRECTORY",
                description = "The daemon's state directory. Default: each that is in /run/silica.")
        private @Nullable Path directory;

        private List<Path> files() throws IOException {
            return file != null
                    ? List.of(file)
                    : StateDirectories.of(directory).stream()
                            .map(state -> state.resolve("journal").resolve("journal"))
                            .toList();
        }
    }

    @Override
    public Integer call() throws IOException {
        return switch (output) {
            case table -> printTables(place.files());
            case json -> printJson(place.files());
        };
    }

    private int printTables(List<Path> files) throws IOException {
        int code = ExitCode.OK;
        for (Path file : files) {
            try {
                new JournalText(file, JournalReader.read(file), MachineLife.now()).print(ctl.out());
            } catch (JournalException e) {
                ctl.err().println("sandboxctl: " + e.getMessage());
                code = ExitCode.FAILED;
            }
        }
        return code;
    }

    private int printJson(List<Path> files) throws IOException {
        int code = ExitCode.OK;
        ArrayNode journals = MAPPER.createArrayNode();
        for (Path file : files) {
            try {
                journals.add(JournalJson.of(file, JournalReader.read(file), MachineLife.now()));
            } catch (JournalException e) {
                ctl.err().println("sandboxctl: " + e.getMessage());
                journals.add(JournalJson.problem(file, e.problem()));
                code = ExitCode.FAILED;
            }
        }
        ctl.out().println(MAPPER.writeValueAsString(journals));
        return code;
    }
}
