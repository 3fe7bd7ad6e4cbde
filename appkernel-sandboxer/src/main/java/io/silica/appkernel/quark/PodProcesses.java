// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.Child;
import io.silica.linux.Epoll;
import io.silica.linux.Pidfd;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The processes of a pod on the host: those that have its directory in the environment that its
 * command was started with, and the one that is written down. Quark names the pod in the arguments
 * of its command only, and not in those of the process that stays.
 */
final class PodProcesses {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String VARIABLE = "SILICA_SANDBOX";

    private final Path directory;
    private final Poller poller;

    /**
     * @param directory the pod's
     * @param poller waits for their ends
     */
    PodProcesses(Path directory, Poller poller) {
        this.directory = directory;
        this.poller = poller;
    }

    /** What the command of a pod has in its environment. */
    Map<String, String> environment() {
        return Map.of(
                VARIABLE,
                directory.toString(),
                "PATH",
                "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    }

    /**
     * Kills them all and waits for their end.
     *
     * @param known the one that is written down
     */
    void kill(Optional<ProcessIdentity> known) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        known.ifPresent(it -> kill(List.of(it), end));
        // Again and again: one that is killed may just have started another.
        for (var found = find(); !found.isEmpty(); found = find()) {
            kill(found, end);
        }
    }

    private void kill(List<ProcessIdentity> processes, long end) {
        var opened = processes.stream().flatMap(it -> Child.adopt(it).stream()).toList();
        try {
            opened.forEach(it -> it.pidfd().signal(Pidfd.SIGKILL));
            opened.forEach(it -> awaitEnd(it, end));
        } finally {
            opened.forEach(Child::close);
        }
    }

    private void awaitEnd(Child process, long endNanos) {
        var left = Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
        try {
            if (!poller.await(process.pidfd().descriptor(), Epoll.READABLE, left)
                    && !process.pidfd().hasExited()) {
                throw new SandboxException.TimedOut(
                        "process %d of Quark does not end after SIGKILL".formatted(process.pid()));
            }
            HostProcess.collect(process);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while processes of Quark end");
        }
    }

    private List<ProcessIdentity> find() {
        return ProcessIdentity.all(this::isOurs);
    }

    private boolean isOurs(Path process) {
        try {
            var text =
                    new String(
                            Files.readAllBytes(process.resolve("environ")), StandardCharsets.UTF_8);
            return List.of(text.split("\0", -1)).contains(VARIABLE + '=' + directory);
        } catch (IOException _) {
            return false; // It has ended.
        }
    }
}
