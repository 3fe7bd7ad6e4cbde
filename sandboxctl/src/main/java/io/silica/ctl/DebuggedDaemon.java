// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is to be had of a daemon beside its state: how it was started, what holds of its
 * configuration, and its log.
 */
final class DebuggedDaemon {
    /** Settings that name a program. */
    private static final Set<String> PROGRAMS = Set.of("program", "virtiofsd", "vsock");

    private final Path state;
    private final String kind;
    private final Programs programs;

    DebuggedDaemon(Path state, Programs programs) {
        this.state = state;
        this.kind = String.valueOf(state.getFileName());
        this.programs = programs;
    }

    String commandLine() throws IOException {
        return String.join(" ", arguments()) + "\n";
    }

    /** What holds, and where that is said; or all that is wrong. */
    String configuration() throws IOException {
        return settings(List.of());
    }

    String log() throws IOException {
        var process = process();
        String written = process.isPresent() ? DaemonLog.ofProcess(process.get()) : "";
        return written.isEmpty()
                ? DaemonLog.ofUnits(programs, kind + "-sandboxer", "silica-holder@" + kind)
                : written;
    }

    /** The programs that its configuration names; none if it cannot be read. */
    Set<Path> configuredPrograms() {
        var named = new LinkedHashSet<Path>();
        try {
            for (JsonNode setting :
                    JsonMapper.shared().readTree(settings(List.of("--json"))).path("settings")) {
                String value = setting.path("value").asString("");
                if (PROGRAMS.contains(setting.path("key").asString("")) && value.startsWith("/")) {
                    named.add(Path.of(value));
                }
            }
        } catch (IOException | CommandException | JacksonException _) {
            // Why is told in the place of the configuration.
        }
        return named;
    }

    private String settings(List<String> options) throws IOException {
        var command = new ArrayList<>(List.of(programs.daemon(kind).toString()));
        command.addAll(List.of("--settings", "dump"));
        command.addAll(configFile());
        command.addAll(options);
        return Programs.output(command);
    }

    /** The file that the daemon was told to read, if it was told so. */
    private List<String> configFile() throws IOException {
        if (process().isEmpty()) {
            return List.of();
        }
        var given = arguments();
        int flag = given.indexOf("--config");
        return flag < 0 || flag + 1 >= given.size() ? List.of() : given.subList(flag, flag + 2);
    }

    /** Without the program. */
    private List<String> arguments() throws IOException {
        var process =
                process().orElseThrow(() -> new NoSuchFileException("no daemon has " + state));
        return arguments(process);
    }

    /** Java itself gives none of a line that is as long as a JVM's. */
    private static List<String> arguments(ProcessHandle process) throws IOException {
        String line = Files.readString(Path.of("/proc/%d/cmdline".formatted(process.pid())));
        return List.of(line.split("\0", -1)).stream().skip(1).filter(it -> !it.isEmpty()).toList();
    }

    /** The process that has the directory; its number may be somebody else's by now. */
    private Optional<ProcessHandle> process() throws IOException {
        var lock = state.resolve("lock");
        String pid = Files.isRegularFile(lock) ? Files.readString(lock).strip() : "";
        if (!pid.matches("[1-9]\\d{0,9}")) {
            return Optional.empty();
        }
        var process = ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive);
        return process.isPresent() && isOfOurs(process.get()) ? process : Optional.empty();
    }

    private static boolean isOfOurs(ProcessHandle process) throws IOException {
        return arguments(process).stream().anyMatch(it -> it.startsWith("-Dsilica.home="));
    }
}
