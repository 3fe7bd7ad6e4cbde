// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.ctl.cri.ContainerLog;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.LogLine;
import io.silica.proto.cri.ContainerState;
import io.silica.proto.cri.ContainerStatus;
import io.silica.proto.cri.ExecSyncResponse;
import io.silica.proto.cri.LinuxContainerResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** A container of a pod. */
final class PodContainer {
    private final CriClient cri;
    private final String id;
    private final Path log;

    PodContainer(CriClient cri, String id, Path log) {
        this.cri = cri;
        this.id = id;
        this.log = log;
    }

    String id() {
        return id;
    }

    ContainerStatus status() {
        return cri.containerStatus(id);
    }

    void start() {
        cri.startContainer(id);
    }

    void update(LinuxContainerResources resources) {
        cri.updateContainer(id, resources);
    }

    /** Runs a command in it until its end. */
    ExecSyncResponse run(List<String> command) {
        return cri.exec(id, command);
    }

    boolean isRunning() {
        return status().getState() == ContainerState.CONTAINER_RUNNING;
    }

    /** Waits until it has exited. */
    ContainerStatus awaitExit() {
        Until.holds("exit of " + id, () -> status().getState() == ContainerState.CONTAINER_EXITED);
        return status();
    }

    /** Waits until it has exited, and gives its exit code. */
    int awaitExitCode() {
        return awaitExit().getExitCode();
    }

    /** Waits until it has printed a line on its standard output. */
    PodContainer awaitLine(String line) {
        Until.holds(
                "\"" + line + "\" in the log of " + id,
                () -> stdout().lines().anyMatch(line::equals));
        return this;
    }

    /** Stops it by its stop signal, and kills it after the time of grace. */
    void stop(Duration grace) {
        cri.stopContainer(id, grace);
    }

    /** Kills it at once. */
    void kill() {
        stop(Duration.ZERO);
    }

    void remove() {
        cri.removeContainer(id);
    }

    /** What it has written to its standard output, as the log has it. */
    String stdout() {
        return text(LogLine.Stream.STDOUT);
    }

    /** What it has written to its standard error, as the log has it. */
    String stderr() {
        return text(LogLine.Stream.STDERR);
    }

    private String text(LogLine.Stream stream) {
        return log().stream()
                .filter(line -> line.stream() == stream)
                .map(line -> line.content().toStringUtf8() + (line.partial() ? "" : "\n"))
                .collect(Collectors.joining());
    }

    /** What the log has of it. */
    List<LogLine> log() {
        try {
            return ContainerLog.fromStart(log).appended();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
