// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.StateRecord.Quarantined;
import io.silica.ctl.StateRecord.Unreadable;
import io.silica.ctl.StateRecord.Written;
import io.silica.ctl.cli.CommandException;
import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.Output;
import io.silica.ctl.cli.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code sandboxctl state}: what daemons have written down; they need not run. */
@Command(
        name = "state",
        description = "Shows what the sandboxer daemons have written down about their sandboxes.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:it could not be done, or list met a record that cannot be read",
            "2:the command line is wrong"
        })
final class StateCommand {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SandboxCtl ctl;

    @Option(
            names = "--dir",
            paramLabel = "DIRECTORY",
            scope = ScopeType.INHERIT,
            description = "The daemon's state directory. Default: each that is in /run/silica.")
    private @Nullable Path directory;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            defaultValue = "table",
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Output output = Output.table;

    @Command(
            name = "list",
            description = "Lists the sandboxes, and the records that cannot be read.")
    int list() throws IOException {
        List<StateRecord> records = records();
        switch (output) {
            case table -> printTable(records);
            case json -> printJson(records.stream().map(StateCommand::json).toList());
        }
        return records.stream().allMatch(r -> r instanceof Written) ? ExitCode.OK : ExitCode.FAILED;
    }

    @Command(name = "show", description = "Shows all that is written down about one sandbox.")
    int show(
            @Parameters(paramLabel = "ID", description = "The sandbox's id, or how it begins.")
                    String id)
            throws IOException {
        var record = only(id, records().stream().filter(r -> r.id().startsWith(id)).toList());
        switch (output) {
            case table -> printFields(record);
            case json -> printJson(json(record));
        }
        return record instanceof Written ? ExitCode.OK : ExitCode.FAILED;
    }

    private static StateRecord only(String id, List<StateRecord> found) {
        return switch (found.size()) {
            case 0 -> throw new CommandException("no daemon has a record of sandbox " + id, null);
            case 1 -> found.getFirst();
            default ->
                    throw new CommandException(
                            "%d sandboxes begin with %s: %s"
                                    .formatted(
                                            found.size(),
                                            id,
                                            found.stream().map(StateRecord::id).toList()),
                            null);
        };
    }

    private List<StateRecord> records() throws IOException {
        List<StateRecord> records = new ArrayList<>();
        for (Path each : StateDirectories.of(directory)) {
            records.addAll(StateReader.read(each));
        }
        return records;
    }

    private void printTable(List<StateRecord> records) {
        var table =
                new Table("KIND", "SANDBOX", "POD", "HANDLER", "STATE", "CONTAINERS", "CREATED");
        for (StateRecord record : records) {
            table.add(row(record));
        }
        table.print(ctl.out());
    }

    private static String[] row(StateRecord record) {
        return switch (record) {
            case Written(String kind, String id, int _, JsonNode content) ->
                    new String[] {
                        kind,
                        id,
                        text(content, "/pod/namespace") + "/" + text(content, "/pod/name"),
                        text(content, "/handler"),
                        text(content, "/state"),
                        String.valueOf(content.at("/tasks").size()),
                        text(content, "/createdAt")
                    };
            case Unreadable(String kind, String id, Path file, String problem) ->
                    new String[] {kind, id, "", "", "unreadable: " + file + " " + problem, "", ""};
            case Quarantined(String kind, String id, Path file) ->
                    new String[] {kind, id, "", "", "quarantined: " + file, "", ""};
        };
    }

    private static String text(JsonNode content, String pointer) {
        return content.at(pointer).asString("");
    }

    private void printFields(StateRecord record) {
        var table = new Table("FIELD", "VALUE");
        addFields(table, "", json(record));
        table.print(ctl.out());
    }

    private static void addFields(Table table, String path, JsonNode node) {
        for (var field : node.properties()) {
            addFields(
                    table,
                    path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                    field.getValue());
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            addFields(table, "%s[%d]".formatted(path, i), node.get(i));
        }
        if (node.isValueNode() && !node.isNull()) {
            table.add(path, node.asString());
        }
    }

    static ObjectNode json(StateRecord record) {
        ObjectNode node =
                MAPPER.createObjectNode().put("kind", record.kind()).put("id", record.id());
        return switch (record) {
            case Written(String _, String _, int version, JsonNode content) ->
                    node.put("version", version).set("record", content);
            case Unreadable(String _, String _, Path file, String problem) ->
                    node.put("file", file.toString()).put("problem", problem);
            case Quarantined(String _, String _, Path file) ->
                    node.put("file", file.toString()).put("problem", "quarantined by the daemon");
        };
    }

    private void printJson(Object value) {
        ctl.out().println(MAPPER.writeValueAsString(value));
    }
}
