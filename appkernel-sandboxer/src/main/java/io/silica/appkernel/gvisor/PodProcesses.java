// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

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
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The processes of a pod on the host: those that name its directory among their arguments, which
 * runsc gives to all of them. Those that have a name of the sentry's own making, because they run
 * the guest's code, end with it.
 */
final class PodProcesses {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String SENTRY = "runsc-sandbox";

    /** What runs for as long as its pod, container or process does. */
    private static final List<String> STAYING = List.of("runsc-gofer", SENTRY, Terminal.PROGRAM);

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

    /** Kills them all and waits for their end. */
    void kill() {
        kill(_ -> true);
    }

    /** Their pids. */
    Set<Integer> pids() {
        return find(_ -> true).stream().map(ProcessIdentity::pid).collect(Collectors.toSet());
    }

    /**
     * Their pids and those of all that they have started, which run the guest's code: a sentry
     * makes the first of these when it is made itself, and that one the others.
     */
    Set<Integer> pidsOfAll() {
        return pids().stream()
                .flatMap(it -> ProcessHandle.of(it).stream())
                .flatMap(it -> Stream.concat(Stream.of(it), it.descendants()))
                .map(it -> Math.toIntExact(it.pid()))
                .collect(Collectors.toSet());
    }

    /** Kills those that serve a container its files, and waits for their end. */
    void killGofer(Path bundle) {
        kill(arguments ->
                arguments.getFirst().endsWith("runsc-gofer")
                        && arguments.contains("--bundle=" + bundle));
    }

    /** Kills what carries a terminal, and waits for its end. */
    void killTerminal(Path control) {
        kill(arguments -> isTerminal(arguments, control));
    }

    /** Waits until what carries a terminal has ended; one that takes too long is killed. */
    void awaitTerminal(Path control, Duration patience) {
        Predicate<List<String>> terminal = arguments -> isTerminal(arguments, control);
        if (!ended(find(terminal), System.nanoTime() + patience.toNanos())) {
            kill(terminal);
        }
    }

    private static boolean isTerminal(List<String> arguments, Path control) {
        return arguments.contains(Terminal.argument(control));
    }

    /** Waits until no command of ours is under way; one that takes too long is killed. */
    void awaitCommands() {
        Predicate<List<String>> commands =
                arguments -> STAYING.stream().noneMatch(arguments.getFirst()::endsWith);
        if (!ended(find(commands), System.nanoTime() + PATIENCE.toNanos())) {
            kill(commands);
        }
    }

    private void kill(Predicate<List<String>> which) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        // Again and again: one that is killed may just have started another.
        for (var found = find(which); !found.isEmpty(); found = find(which)) {
            found.forEach(PodProcesses::kill);
            if (!ended(found, end)) {
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

    private boolean ended(List<ProcessIdentity> processes, long endNanos) {
        return processes.stream().allMatch(it -> ended(it, endNanos));
    }

    /** One that has ended and that nobody has collected counts as ended. */
    private boolean ended(ProcessIdentity process, long endNanos) {
        var opened = Pidfd.open(process);
        if (opened.isEmpty()) {
            return true;
        }
        try (var pidfd = opened.get()) {
            var left = Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
            return poller.await(pidfd.descriptor(), Epoll.READABLE, left) || pidfd.hasExited();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while processes of runsc end");
        }
    }

    private List<ProcessIdentity> find(Predicate<List<String>> which) {
        return ProcessIdentity.all(it -> isOurs(it, which));
    }

    private boolean isOurs(Path process, Predicate<List<String>> which) {
        var arguments = arguments(process);
        return arguments.contains(argument(directory)) && which.test(arguments);
    }

    /** Whether that is the sentry. */
    boolean isSentry(ProcessIdentity process) {
        var directory = Path.of("/proc", Integer.toString(process.pid()));
        return isOurs(directory, it -> it.getFirst().endsWith(SENTRY)) && process.isCurrent();
    }

    /** What every process of this pod has among its arguments. */
    String argument() {
        return argument(directory);
    }

    /** The same of any pod. */
    static String argument(Path directory) {
        return "--root=" + directory.resolve("root");
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
