// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.CommandException;
import io.silica.ctl.daemon.MetricsSocket;
import io.silica.ctl.journal.JournalException;
import io.silica.ctl.journal.JournalReader;
import io.silica.ctl.journal.MachineLife;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A zip file of mode 0600 with what is so on this machine. What cannot be had is said in its place:
 * a bundle is wanted most where something is broken.
 */
final class DebugBundle implements AutoCloseable {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Users keep tokens and addresses in these. */
    private static final Set<String> WITHHELD = Set.of("annotations", "labels");

    private static final List<String> MACHINE =
            List.of("/proc/version", "/proc/cgroups", "/proc/self/mountinfo", "/proc/meminfo");
    private static final List<String> RESOURCES =
            List.of("/healthz", "/readyz", "/protected", "/metrics");

    private final ZipOutputStream zip;
    private final Programs programs;

    private DebugBundle(ZipOutputStream zip, Programs programs) {
        this.zip = zip;
        this.programs = programs;
    }

    /** Begins a file that is not there yet. */
    static DebugBundle create(Path file, Programs programs) throws IOException {
        var mode =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.createFile(file, mode);
        return new DebugBundle(
                new ZipOutputStream(Files.newOutputStream(file, StandardOpenOption.WRITE)),
                programs);
    }

    /** Adds versions, what the kernel has, and containerd's log. */
    void addMachine() throws IOException {
        add(
                "versions.txt",
                "%s%nJava %s%n"
                        .formatted(
                                String.join("", new SandboxCtl.Version().getVersion()),
                                Runtime.version()));
        for (String file : MACHINE) {
            add(
                    "machine/" + file.substring(1).replace('/', '-'),
                    () -> Files.readString(Path.of(file)));
        }
        add("containerd/version.txt", () -> version(programs.named("containerd")));
        add("containerd/log.txt", () -> DaemonLog.ofUnits(programs, "containerd"));
    }

    /** Adds the end of a log. */
    void addLog(Path file) throws IOException {
        add("logs" + file.toAbsolutePath().normalize(), () -> DaemonLog.end(file));
    }

    /** Adds what a daemon has written down and what it says. */
    void addDaemon(Path state) throws IOException {
        String kind = state.getFileName() + "/";
        add(kind + "sandboxes.json", () -> sandboxes(state));
        add(kind + "journal.json", () -> journal(state.resolve("journal/journal")));
        for (String resource : RESOURCES) {
            add(
                    kind + resource.substring(1) + ".txt",
                    () -> new MetricsSocket(state.resolve("metrics.sock")).get(resource).body());
        }
        var daemon = new DebuggedDaemon(state, programs);
        add(kind + "command-line.txt", daemon::commandLine);
        add(kind + "configuration.toml", daemon::configuration);
        add(kind + "log.txt", daemon::log);
        for (Path program : daemon.configuredPrograms()) {
            add(kind + "versions" + program + ".txt", () -> version(program));
        }
    }

    private static String version(Path program) throws IOException {
        return program + "\n" + Programs.output(List.of(program.toString(), "--version"));
    }

    private static String sandboxes(Path state) throws IOException {
        var all = MAPPER.createArrayNode();
        for (StateRecord record : StateReader.read(state)) {
            ObjectNode node = StateCommand.json(record);
            withhold(node);
            all.add(node);
        }
        return MAPPER.writeValueAsString(all);
    }

    /** Names stay: which annotation is there helps more than what it says. */
    private static void withhold(JsonNode node) {
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            if (WITHHELD.contains(property.getKey()) && property.getValue().isObject()) {
                var values = (ObjectNode) property.getValue();
                values.propertyNames().forEach(name -> values.put(name, "(withheld)"));
            } else {
                withhold(property.getValue());
            }
        }
        if (node.isArray()) {
            node.values().forEach(DebugBundle::withhold);
        }
    }

    private static String journal(Path file) throws IOException {
        try {
            return MAPPER.writeValueAsString(
                    JournalJson.of(file, JournalReader.read(file), MachineLife.now()));
        } catch (JournalException e) {
            return "%s: %s%n".formatted(file, e.getMessage());
        }
    }

    /** A text that may not be to be had. */
    private interface Text {
        String read() throws IOException;
    }

    private void add(String name, Text text) throws IOException {
        add(name, readOrReason(text));
    }

    private static String readOrReason(Text text) {
        try {
            return Secrets.withheld(text.read());
        } catch (IOException | CommandException e) {
            return "cannot be had: " + e + "\n";
        }
    }

    private void add(String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
