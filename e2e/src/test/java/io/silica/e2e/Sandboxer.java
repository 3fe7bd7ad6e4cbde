// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriEndpoint;
import io.silica.ctl.cri.CriException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A sandboxer of a node, and the supervisor that starts it again whenever it dies. Everything of
 * both lies below the node's directory.
 */
final class Sandboxer implements AutoCloseable {
    /** In the environment of a process that is started as the daemon's next life, for good. */
    private static final String STANDBY = "SILICA_STANDBY";

    /** Gives the daemon's next life the failpoints of a file, and only that one. */
    private static final String STARTER =
            """
            if [ -e "$0" ] && [ -z "${SILICA_STANDBY:-}" ]; then
                read -r SILICA_FAILPOINTS <"$0"
                export SILICA_FAILPOINTS
                rm "$0"
            fi
            exec "$@"
            """;

    /** What a daemon tells that has lost nothing, and would lose nothing if it died. */
    private static final Map<String, Double> NOTHING_LOST =
            Map.of(
                    "silica_protected", 1.0,
                    "silica_journal_lost_total", 0.0,
                    "silica_events_dropped_total", 0.0);

    private final Path directory;
    private final String kind;
    private final MetricsSocket metrics;
    private final Daemon supervisor;

    /**
     * @param kind of its sandboxes: {@code wasm}
     */
    Sandboxer(Path directory, String kind) {
        this(directory, kind, toBeArmed(directory, kind));
    }

    private Sandboxer(Path directory, String kind, List<String> start) {
        this.directory = directory;
        this.kind = kind;
        this.metrics = new MetricsSocket(directory.resolve(kind + "/metrics.sock"));
        this.supervisor =
                new Daemon(
                        kind + "-sandboxer",
                        Stream.of(start, arguments(directory, kind)).flatMap(List::stream).toList(),
                        Map.of(),
                        directory.resolve(kind + "-sandboxer.log"),
                        metrics::isReady);
    }

    /**
     * One that is started as an administrator starts it, through a link to a distribution. Its next
     * life cannot be given failpoints.
     */
    static Sandboxer throughLink(Path directory, String kind, Path link) {
        var start =
                List.of(
                        link.resolve("bin/sandboxctl").toString(),
                        "supervise",
                        "--standby",
                        "--dir",
                        directory.resolve(kind).toString(),
                        "--",
                        link.resolve("bin").resolve(kind + "-sandboxer").toString());
        return new Sandboxer(directory, kind, start);
    }

    /** One whose supervisor is started by a command that it replaces. */
    static Sandboxer startedBy(List<String> command, Path directory, String kind) {
        var start = Stream.of(command, toBeArmed(directory, kind)).flatMap(List::stream).toList();
        return new Sandboxer(directory, kind, start);
    }

    /** The socket that containerd is configured with. */
    static Path socket(Path directory, String kind) {
        return directory.resolve(kind + "-sandboxer.sock");
    }

    /** Starts both, and waits until the daemon answers. */
    void start() {
        supervisor.start();
    }

    /** A daemon's first greeting takes its time, and containerd gives it a second. */
    void greet() {
        var socket = new CriEndpoint(socket(directory, kind));
        try (var client = new CriClient(socket, Duration.ofMinutes(1))) {
            client.version();
        } catch (CriException _) {
            // It greets, and does not speak CRI.
        }
    }

    /** Whether it was started, and not ended since. */
    boolean isStarted() {
        return supervisor.isRunning();
    }

    /** Ends both as an administrator does, by SIGTERM. */
    void terminate() {
        supervisor.terminate();
    }

    /** Whether the daemon that is there now, if one is, answers. */
    boolean isReady() {
        return metrics.isReady();
    }

    /**
     * What a daemon that has lost nothing would tell in another way.
     *
     * @return empty if none answers
     */
    Optional<List<String>> losses() {
        return metrics.values(NOTHING_LOST.keySet()).map(this::losses);
    }

    private List<String> losses(Map<String, Double> told) {
        return NOTHING_LOST.entrySet().stream()
                .filter(it -> !it.getValue().equals(told.get(it.getKey())))
                .map(Map.Entry::getKey)
                .map(it -> "%s-sandboxer: %s is %s".formatted(kind, it, told.get(it)))
                .toList();
    }

    /** A figure of the daemon: {@code process_threads}. */
    double metric(String name) {
        return Objects.requireNonNull(metrics.values(Set.of(name)).orElseThrow().get(name), name);
    }

    /** Kills the daemon as a crash does, by SIGKILL, and waits until its next life answers. */
    void kill() {
        killed();
        awaitReady();
    }

    /**
     * Kills the daemon that is there now, by SIGKILL, and waits until it is gone.
     *
     * @return the id of its process
     */
    long killed() {
        ProcessHandle daemon = awaitDaemon();
        daemon.destroyForcibly();
        Until.holds("the end of a killed daemon", () -> !daemon.isAlive());
        return daemon.pid();
    }

    /**
     * Kills the supervisor as a crash does, by SIGKILL, and its standby with it; the daemon goes
     * on.
     *
     * @return the id of the daemon's process
     */
    long killSupervisor() {
        long daemon = daemonPid();
        supervisor.kill();
        return daemon;
    }

    /** Starts another supervisor, and waits until the daemon that is there is kept by it. */
    void superviseAgain() {
        supervisor.start();
        Until.holds(
                kind + "-sandboxer being kept again",
                () -> losses().filter(List::isEmpty).isPresent());
    }

    /**
     * Kills the daemon, and keeps the supervisor from starting it again until the result is closed;
     * that waits until a daemon answers.
     */
    Dead dead() {
        Command.run("kill", "-STOP", Long.toString(supervisor.pid()));
        awaitDaemon().destroyForcibly();
        return () -> {
            Command.run("kill", "-CONT", Long.toString(supervisor.pid()));
            awaitReady();
            greet();
        };
    }

    /** The time in which there is no daemon. */
    @FunctionalInterface
    interface Dead extends AutoCloseable {
        @Override
        void close();
    }

    /** Waits until a daemon answers. */
    void awaitReady() {
        Until.holds(kind + "-sandboxer answering", this::isReady);
    }

    /** Waits until another process than one that was is the daemon, and gives its id. */
    long awaitOtherThan(long pid) {
        return Until.present(
                        "another life of " + kind + "-sandboxer",
                        () -> currentDaemon().filter(daemon -> daemon.pid() != pid))
                .pid();
    }

    /**
     * Waits until the process of a daemon has ended.
     *
     * @return false if it has not by then
     */
    boolean awaitEnd(long pid, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (ProcessHandle.of(pid).isPresent()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return true;
    }

    /** Waits until a daemon stands still at a failpoint. */
    void awaitStopped() {
        Until.holds(
                "a daemon that stands still",
                () -> currentDaemon().filter(Sandboxer::isStopped).isPresent());
    }

    private static boolean isStopped(ProcessHandle process) {
        try {
            var stat = Files.readString(Path.of("/proc/%d/stat".formatted(process.pid())));
            return stat.substring(stat.lastIndexOf(')')).startsWith(") T ");
        } catch (IOException _) {
            return false; // It has ended.
        }
    }

    /** Sends the daemon a signal: STOP, CONT. */
    void signal(String name) {
        Command.run("kill", "-" + name, Long.toString(awaitDaemon().pid()));
    }

    /**
     * Gives the daemon's next life, and no later one, these failpoints. It is started from the
     * beginning: a standby that waits has none.
     */
    void armNextLife(String failpoints) {
        List<ProcessHandle> waiting = standbys();
        waiting.forEach(ProcessHandle::destroyForcibly);
        Until.holds("the end of a standby", () -> waiting.stream().noneMatch(p -> p.isAlive()));
        try {
            Files.writeString(failpoints(directory, kind), failpoints + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The supervisor and all its descendants. */
    List<ProcessHandle> processes() {
        ProcessHandle self = supervisor();
        return Stream.concat(Stream.of(self), self.descendants()).toList();
    }

    /** Whether a process is the supervisor or the daemon. */
    boolean isOwn(ProcessHandle process) {
        return process.pid() == supervisor.pid() || isDaemon(process);
    }

    /** Its state records. */
    Path records() {
        return directory.resolve(kind).resolve("sandboxes");
    }

    /** With which code it has told a container's end to whoever has deleted it lately. */
    OptionalInt toldExitCode(String container) {
        Pattern deleted =
                Pattern.compile(
                        "\"container\":\"%s\"[^}]*\"exitCode\":(\\d+)".formatted(container));
        try (Stream<Path> files = Files.list(records())) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .map(file -> deleted.matcher(content(file)))
                    .filter(Matcher::find)
                    .mapToInt(found -> Integer.parseInt(found.group(1)))
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException _) {
            return ""; // Its pod has been removed.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many connections of containerd the supervisor holds. */
    long held() {
        return connections().size();
    }

    /** These as the kernel has them, for a message. */
    String connections(String indent) {
        return String.join("\n" + indent, connections());
    }

    private List<String> connections() {
        var own = sockets();
        return connectionsByInode(own::contains);
    }

    /** Whether containerd has dialled, and is not accepted yet. */
    boolean isDialled() {
        return !connectionsByInode("0"::equals).isEmpty();
    }

    /** Those that were accepted have the name of their listener, which has the flag of one. */
    private List<String> connectionsByInode(Predicate<String> wanted) {
        var task = " " + directory.resolve(kind + "/task.sock");
        try (Stream<String> lines = Files.lines(Path.of("/proc/net/unix"))) {
            return lines.filter(line -> line.endsWith(task))
                    .filter(line -> !line.contains(" 00010000 "))
                    .filter(line -> wanted.test(line.split(" +", 8)[6]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The supervisor's, by the numbers of their inodes. */
    private Set<String> sockets() {
        return OpenFiles.of(supervisor()).stream()
                .filter(file -> file.startsWith("socket:"))
                .map(file -> file.replaceAll("\\D", ""))
                .collect(Collectors.toSet());
    }

    String endOfLog() {
        return supervisor.endOfLog();
    }

    @Override
    public void close() {
        supervisor.close();
    }

    private ProcessHandle supervisor() {
        return ProcessHandle.of(supervisor.pid()).orElseThrow();
    }

    private ProcessHandle awaitDaemon() {
        return Until.present("a process of " + kind + "-sandboxer", this::currentDaemon);
    }

    /** Workers are children of the supervisor, too, once their daemon has died. */
    private Optional<ProcessHandle> currentDaemon() {
        return supervisor()
                .children()
                .filter(this::isDaemon)
                .filter(process -> !isStandby(process))
                .findFirst();
    }

    /** Waits until the daemon's next life waits, and gives the id of its process. */
    long awaitStandby() {
        return Until.present(
                        "a standby of " + kind + "-sandboxer that waits",
                        () -> standbys().stream().filter(this::hasRehearsed).findFirst())
                .pid();
    }

    private boolean hasRehearsed(ProcessHandle standby) {
        return supervisor.hasLogged("the standby (process %d) waits".formatted(standby.pid()));
    }

    /** The process that is the daemon now. */
    long daemonPid() {
        return awaitDaemon().pid();
    }

    private List<ProcessHandle> standbys() {
        return supervisor().children().filter(this::isDaemon).filter(this::isStandby).toList();
    }

    /** One that has had its turn has the lock of the state directory. */
    private boolean isStandby(ProcessHandle process) {
        try {
            var place = Path.of("/proc", Long.toString(process.pid()), "environ");
            var environment = Files.readString(place, StandardCharsets.ISO_8859_1);
            var owner = Files.readString(directory.resolve(kind + "/lock")).strip();
            return ("\0" + environment).contains("\0" + STANDBY + "=")
                    && !owner.equals(Long.toString(process.pid()));
        } catch (IOException _) {
            return false; // It has ended.
        }
    }

    /** Java itself gives no arguments of a command line as long as a JVM's. */
    private boolean isDaemon(ProcessHandle process) {
        try {
            String line = Files.readString(Path.of("/proc/%d/cmdline".formatted(process.pid())));
            return Arrays.asList(line.split("\0", -1)).contains(socket(directory, kind).toString());
        } catch (IOException _) {
            return false; // It has ended.
        }
    }

    /** A supervisor, and a shell that gives a daemon its failpoints. */
    private static List<String> toBeArmed(Path directory, String kind) {
        return List.of(
                Repository.programs().resolve("silica-supervise").toString(),
                "run",
                "--standby",
                "--notify",
                directory.resolve(kind + "/notify.sock").toString(),
                "--hold",
                directory.resolve(kind + "/task.sock").toString(),
                "--channel",
                directory.resolve(kind + "/holder.sock").toString(),
                "--",
                "/bin/sh",
                "-c",
                STARTER,
                failpoints(directory, kind).toString(),
                Repository.programs().resolve(kind + "-sandboxer").toString());
    }

    private static List<String> arguments(Path directory, String kind) {
        return List.of(
                "--listen",
                socket(directory, kind).toString(),
                "--dir",
                directory.resolve(kind).toString(),
                "--config",
                directory.resolve(kind + ".toml").toString(),
                "--log-level",
                "debug");
    }

    private static Path failpoints(Path directory, String kind) {
        return directory.resolve(kind + ".failpoints");
    }
}
