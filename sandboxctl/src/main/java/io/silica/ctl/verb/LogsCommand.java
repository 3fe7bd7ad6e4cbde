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
import java.time.Duration;
import java.util.ArrayDeque;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

    @Parameters(paramLabel = "ID", description = "The container's id, or how it begins.")
    private String id = "";

    @Override
    int run(CriClient client) throws IOException, InterruptedException {
        String container = KnownIds.ofContainers(client).only(id);
        String path = client.containerStatus(container).getLogPath();
        if (path.isEmpty()) {
            throw new CommandException(
                    "container %s keeps no log: its pod has no log_directory, or it no log_path"
                            .formatted(container),
                    null);
        }
        print(client, container, ContainerLog.fromStart(Path.of(path)));
        return ExitCode.OK;
    }

    private void print(CriClient client, String container, ContainerLog log)
            throws IOException, InterruptedException {
        var printer = new LogPrinter(console().out(), console().err());
        // In this order: all that was logged before the exit was seen is read.
        boolean runs = runs(client, container);
        begin(log, printer);
        while (follow && runs) {
            Thread.sleep(POLL);
            runs = runs(client, container);
            log.forEachAppended(printer::print);
        }
    }

    /** A log can be longer than the memory is large: of one only the last lines are kept. */
    private void begin(ContainerLog log, LogPrinter printer) throws IOException {
        if (tail < 0) {
            log.forEachAppended(printer::print);
            return;
        }
        var last = new ArrayDeque<LogLine>();
        log.forEachAppended(line -> {
            last.addLast(line);
            if (last.size() > tail) {
                last.removeFirst();
            }
        });
        last.forEach(printer::print);
    }

    private static boolean runs(CriClient client, String container) {
        return client.containerStatus(container).getState() == ContainerState.CONTAINER_RUNNING;
    }
}
