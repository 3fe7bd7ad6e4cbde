// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import io.silica.linux.Epoll;
import io.silica.linux.Pidfd;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The processes of a machine on the host, whether anybody has a record of them or not: those that
 * name its directory among their arguments.
 */
final class MachineProcesses {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String REPLACED = " \\(deleted\\)$";

    private final String mark;
    private final Set<Path> programs;
    private final Poller poller;

    /**
     * @param directory the machine's
     * @param programs that machines consist of; nobody else's that names the directory is meant
     */
    MachineProcesses(Path directory, Set<Path> programs, Poller poller) {
        this.poller = poller;
        this.mark = directory + "/";
        this.programs =
                programs.stream().map(Path::getFileName).collect(Collectors.toUnmodifiableSet());
    }

    /** Kills them all and waits for their end. */
    void kill() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        // Again and again: one that is killed may just have started another.
        for (var found = find(); !found.isEmpty(); found = find()) {
            if (System.nanoTime() - end >= 0) {
                throw new SandboxException.TimedOut(
                        "processes of a virtual machine go on after SIGKILL: " + found);
            }
            found.forEach(it -> kill(it, end));
        }
    }

    private void kill(ProcessIdentity process, long end) {
        var open = Pidfd.open(process);
        if (open.isEmpty()) {
            return;
        }
        try (var pidfd = open.get()) {
            var _ = pidfd.signal(Pidfd.SIGKILL);
            var left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            if (!poller.await(pidfd.descriptor(), Epoll.READABLE, left)) {
                throw new SandboxException.TimedOut(
                        "a process of a virtual machine does not end after SIGKILL: " + process);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a virtual machine ends");
        }
    }

    /** Those that have not ended. */
    List<ProcessIdentity> find() {
        return ProcessIdentity.all(this::isOurs);
    }

    /** By what it calls itself or by what it is, which may have been replaced since. */
    private boolean isOne(String program) {
        var file = Path.of(program.replaceFirst(REPLACED, "")).getFileName();
        return file != null && programs.contains(file);
    }

    private boolean isOurs(Path process) {
        try {
            var line =
                    new String(
                            Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
            return line.contains(mark)
                    && (isOne(line.split("\0", 2)[0])
                            || isOne(Files.readSymbolicLink(process.resolve("exe")).toString()));
        } catch (IOException | InvalidPathException _) {
            return false;
        }
    }
}
