// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import io.silica.linux.MountTable;
import io.silica.server.config.ByteSize;
import io.silica.server.config.LimitsConfig;
import io.silica.server.contract.Bundle;
import io.silica.server.contract.DaemonUnderTest;
import io.silica.server.contract.TaskConnection;
import io.silica.server.fake.FakeSandboxer;
import io.silica.server.fake.Faults;
import io.silica.supervisor.Supervised;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A daemon on the fake kind beside the holder that is shipped: containerd's connections outlive it,
 * and its journal tells the next life what came by them.
 */
final class HeldGround implements AutoCloseable {
    final FakeSandboxer.Survivors survivors = new FakeSandboxer.Survivors();

    private final Path directory;
    private final LimitsConfig limits;
    private final Supervised holder;
    private DaemonUnderTest daemon;

    /**
     * Starts the holder and the first life.
     *
     * @param journal how large it is
     */
    HeldGround(Path directory, ByteSize journal) throws IOException, InterruptedException {
        this.directory = directory;
        this.limits = limits(journal);
        Files.createDirectories(directory.resolve("image"));
        this.holder =
                Supervised.start(
                        "run",
                        "--notify",
                        directory.resolve("notify.sock").toString(),
                        "--hold",
                        directory.resolve("task.sock").toString(),
                        "--channel",
                        channel().toString(),
                        "sh",
                        "-c",
                        "echo up; read line");
        holder.awaitLine("up");
        this.daemon = started();
    }

    private static LimitsConfig limits(ByteSize journal) {
        LimitsConfig limits = LimitsConfig.DEFAULT;
        return new LimitsConfig(
                limits.maxSandboxes(),
                limits.maxContainersPerSandbox(),
                limits.claimWithin(),
                limits.nativeCallDeadline(),
                limits.blockingCallsPerSandbox(),
                limits.eventOutbox(),
                journal);
    }

    private DaemonUnderTest started() {
        return DaemonUnderTest.beside(
                channel(), directory, new FakeSandboxer(new Faults(), survivors), limits);
    }

    private Path channel() {
        return directory.resolve("holder.sock");
    }

    void die() {
        daemon.close();
    }

    void live() {
        daemon = started();
    }

    DaemonUnderTest daemon() {
        return daemon;
    }

    /** A pod that runs. */
    void run(String sandbox) {
        daemon.create(sandbox);
        daemon.start(sandbox);
    }

    /** A connection of containerd, which lasts as long as the holder. */
    TaskConnection tasks() {
        return new TaskConnection(directory.resolve("task.sock"));
    }

    /** Where containerd dials. */
    Path socket() {
        return directory.resolve("task.sock");
    }

    void createTask(TaskConnection tasks, String sandbox, String container) {
        var _ = tasks.create(bundle(sandbox, container).request().build());
    }

    void runTask(TaskConnection tasks, String sandbox, String container) {
        createTask(tasks, sandbox, container);
        tasks.start(container);
    }

    private Bundle bundle(String sandbox, String container) {
        try {
            return Bundle.create(
                    directory.resolve("bundles"),
                    directory.resolve("image"),
                    sandbox,
                    container,
                    List.of("sleep"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the journal is kept. */
    Path journals() {
        return directory.resolve("state/journal");
    }

    /** By which what comes by connections is told from what came by earlier ones of their names. */
    String epoch() {
        try {
            return Files.readString(epochFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is written down. */
    Path epochFile() {
        return directory.resolve("state/operation-epoch");
    }

    /** What a metric says now. */
    double metric(String name) {
        var metrics = daemon.ask("/metrics");
        var value = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(metrics);
        if (!value.find()) {
            throw new AssertionError("no " + name + " in " + metrics);
        }
        return Double.parseDouble(value.group(1));
    }

    /** The root file systems that are mounted. */
    List<Path> rootfs() {
        return MountTable.read().below(directory).stream()
                .map(MountTable.Mount::point)
                .filter(it -> it.endsWith("rootfs"))
                .toList();
    }

    /** The last life ends, and the holder with it. */
    @Override
    public void close() {
        daemon.close();
        holder.close();
    }
}
