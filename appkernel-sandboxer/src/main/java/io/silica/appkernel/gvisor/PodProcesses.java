// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Pidfd;
import io.silica.linux.ProcessIdentity;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The processes of a pod on the host: those that name its directory among their arguments, which
 * runsc gives to all of them. Those that have a name of the sentry's own making, because they run
 * the guest's code, end with it.
 */
final class PodProcesses {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 2;

    private final Path directory;

    /**
     * @param directory the pod's
     */
    PodProcesses(Path directory) {
        this.directory = directory;
    }

    /** Kills them all and waits for their end. */
    void kill() {
        kill(_ -> true);
    }

    /** Their pids. */
    Set<Integer> pids() {
        return find(_ -> true).stream().map(ProcessIdentity::pid).collect(Collectors.toSet());
    }

    /** Kills those that serve a container its files, and waits for their end. */
    void killGofer(Path bundle) {
        kill(arguments ->
                arguments.getFirst().endsWith("runsc-gofer")
                        && arguments.contains("--bundle=" + bundle));
    }

    /** Waits until no command of ours is under way; one that takes too long is killed. */
    void awaitCommands() {
        Predicate<List<String>> commands =
                arguments ->
                        !arguments.getFirst().endsWith("runsc-gofer")
                                && !arguments.getFirst().endsWith("runsc-sandbox");
        if (!ended(find(commands), PATIENCE)) {
            kill(commands);
        }
    }

    private void kill(Predicate<List<String>> which) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        // Again and again: one that is killed may just have started another.
        for (var found = find(which); !found.isEmpty(); found = find(which)) {
            found.forEach(PodProcesses::kill);
            if (!ended(found, Duration.ofNanos(end - System.nanoTime()))) {
                throw new SandboxException.TimedOut(
                        "processes of runsc do not end after SIGKILL: " + found);
            }
        }
    }

    private static void kill(ProcessIdentity process) {
        Pidfd.open(process)
                .ifPresent(it -> {
                    try (it) {
                        it.signal(Pidfd.SIGKILL);
                    }
                });
    }

    /** One that has ended and that nobody has collected counts as ended. */
    private static boolean ended(List<ProcessIdentity> processes, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (processes.stream().anyMatch(ProcessIdentity::isCurrent)) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new SandboxException.Cancelled("interrupted while processes of runsc end");
            }
        }
        return true;
    }

    private List<ProcessIdentity> find(Predicate<List<String>> which) {
        var found = new ArrayList<ProcessIdentity>();
        try (var entries =
                Files.newDirectoryStream(Path.of("/proc"), it -> isNumber(it.getFileName()))) {
            for (var entry : entries) {
                var identity = ProcessIdentity.of(Integer.parseInt(entry.getFileName().toString()));
                if (identity.isPresent() && isOurs(entry, which)) {
                    found.add(identity.get());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static boolean isNumber(Path name) {
        return name.toString().chars().allMatch(it -> it >= '0' && it <= '9');
    }

    private boolean isOurs(Path process, Predicate<List<String>> which) {
        var arguments = arguments(process);
        return arguments.contains("--root=" + directory.resolve("root")) && which.test(arguments);
    }

    private static List<String> arguments(Path process) {
        try {
            var text =
                    new String(
                            Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
            return List.of(text.split("\0", -1));
        } catch (IOException _) {
            return List.of();
        }
    }
}
