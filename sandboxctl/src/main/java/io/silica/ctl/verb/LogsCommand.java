// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.CommandException;
import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.LogPrinter;
import io.silica.ctl.cri.ContainerLog;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.LogLine;
import io.silica.proto.cri.ContainerState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sandboxctl logs}. */
@Command(
        name = "logs",
        description = "Prints what a container has printed, to the streams that it printed to.",
        mixinStandardHelpOptions = true)
public final class LogsCommand extends Verb {
    private static final Duration POLL = Duration.ofMillis(100);

    @Option(
            names = {"-f", "--follow"},
            description = "Go on until the container has ended.")
    private boolean follow;

    @Option(
            names = "--tail",
            paramLabel = "N",
            defaultValue = "-1",
            description = "Begin with the last N lines. Default: all.")
    private int tail;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "",
            description =
                    "Lines from then on: a time as 2026-11-30T12:00:00Z, or how long ago: 90s, 5m, 2h.")
    private String since = "";

    @Option(
            names = {"-t", "--timestamps"},
            description = "Print the time of each line before it.")
    private boolean timestamps;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "The container's id, or how it begins.")
    private String id = "";

    @Override
    int run(CriClient client) throws IOException, InterruptedException {
        var begins = begins();
        String container = KnownIds.ofContainers(client).only(id);
        String path = client.containerStatus(container).getLogPath();
        if (path.isEmpty()) {
            throw new CommandException(
                    "container %s keeps no log: its pod has no log_directory, or it no log_path"
                            .formatted(container),
                    null);
        }
        var printer =
                timestamps
                        ? LogPrinter.withTimes(console().out(), console().err())
                        : new LogPrinter(console().out(), console().err());
        print(
                client,
                container,
                ContainerLog.fromStart(Path.of(path)),
                line -> {
                    if (!line.time().isBefore(begins)) {
                        printer.print(line);
                    }
                });
        return ExitCode.OK;
    }

    private Instant begins() {
        try {
            return since.isEmpty()
                    ? Instant.MIN
                    : since.matches("[0-9]+[smh]")
                            ? InstantSource.system()
                                    .instant()
                                    .minus(Duration.parse("PT" + since.toUpperCase(Locale.ROOT)))
                            : OffsetDateTime.parse(since).toInstant();
        } catch (DateTimeException | ArithmeticException e) {
            throw new ParameterException(
                    spec.commandLine(), "--since: neither a time nor how long ago: " + since, e);
        }
    }

    private void print(
            CriClient client, String container, ContainerLog log, Consumer<LogLine> printer)
            throws IOException, InterruptedException {
        // In this order: all that was logged before the exit was seen is read.
        boolean runs = runs(client, container);
        begin(log, printer);
        while (follow && runs) {
            Thread.sleep(POLL);
            runs = runs(client, container);
            log.forEachAppended(printer);
        }
    }

    /** A log can be longer than the memory is large: of one only the last lines are kept. */
    private void begin(ContainerLog log, Consumer<LogLine> printer) throws IOException {
        if (tail < 0) {
            log.forEachAppended(printer);
            return;
        }
        var last = new ArrayDeque<LogLine>();
        log.forEachAppended(line -> {
            last.addLast(line);
            if (last.size() > tail) {
                last.removeFirst();
            }
        });
        last.forEach(printer);
    }

    private static boolean runs(CriClient client, String container) {
        return client.containerStatus(container).getState() == ContainerState.CONTAINER_RUNNING;
    }
}
