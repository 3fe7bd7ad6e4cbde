// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.Epoll;
import io.silica.linux.Poller;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixDatagram;
import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life of the command. */
@LeakCheck
@Timeout(120)
class RunTest {
    /** Waits in the shell itself, so that a signal is handled at once. */
    private static final String UNTIL_A_LINE =
            "while ! read -r line; do kill -0 $PPID || exit; done";

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir private Path directory;

    @Test
    void aCommandThatEndsWellBeforeItIsReadyHasJustEnded() throws Exception {
        try (var supervised = run("sh", "-c", "exit 0")) {
            assertThat(supervised.awaitEnd()).isZero();
            assertThat(notifySocket()).doesNotExist();
        }
    }

    @Test
    void onSigtermTheCommandEndsAndItsCodeIsOurs() throws Exception {
        try (var supervised = run("sh", "-c", "trap 'exit 7' TERM; echo up; " + UNTIL_A_LINE)) {
            supervised.awaitLine("up");
            supervised.signal("TERM");
            assertThat(supervised.awaitEnd()).isEqualTo(7);
            assertThat(notifySocket()).doesNotExist();
        }
    }

    @Test
    void theSignalThatEndedTheCommandIsInTheCode() throws Exception {
        try (var supervised = run("sh", "-c", "echo up; " + UNTIL_A_LINE)) {
            supervised.awaitLine("up");
            supervised.signal("INT");
            assertThat(supervised.awaitEnd()).isEqualTo(130);
        }
    }

    @Test
    void aSignalThatWasIgnoredWhenWeBeganIsReceivedAllTheSame() throws Exception {
        var arguments = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
        arguments.add(SuperviseProgram.path().toString());
        arguments.addAll(runArguments(List.of("sh", "-c", "echo up; " + UNTIL_A_LINE)));
        try (var supervised = Supervised.startAsItIs(Map.of(), arguments)) {
            supervised.awaitLine("up");
            supervised.signal("INT");
            assertThat(supervised.awaitEnd()).isEqualTo(130);
        }
    }

    @Test
    void otherSignalsArePassedOn() throws Exception {
        var script =
                """
                trap 'echo got HUP' HUP; trap 'echo got USR1' USR1; trap 'echo got 40' 40
                echo up; %s
                """
                        .formatted("while :; do " + UNTIL_A_LINE + "; done");
        try (var supervised = run("sh", "-c", script)) {
            supervised.awaitLine("up");
            for (var signal : List.of("HUP", "USR1", "40")) {
                supervised.signal(signal);
                supervised.awaitLine("got " + signal);
            }
        }
    }

    @Test
    void aCommandThatIsNotReadyIsStartedAfterPausesThatGrow() throws Exception {
        try (var supervised = run("sh", "-c", "exit 3")) {
            for (int pause : new int[] {100, 200, 400}) {
                supervised.awaitLine(
                        "sh \\(process \\d+\\) ended with code 3 before it was ready; starting it again in "
                                + pause
                                + " ms");
            }
        }
    }

    @Test
    void aCommandThatCannotBeStartedIsTriedAgain() throws Exception {
        var command = directory.resolve("later");
        try (var supervised = run(command.toString())) {
            supervised.awaitLine("cannot start " + command + ": No such file or directory");
            var script = Files.writeString(directory.resolve("script"), "#!/bin/sh\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
            Files.move(script, command);
            assertThat(supervised.awaitEnd()).isZero();
        }
    }

    @Test
    void aCommandThatWasReadyIsStartedAtOnceAndAsItIsThen() throws Exception {
        try (var supervised = run(FakeDaemon.command())) {
            supervised.awaitLine("started");
            supervised.tell("tell READY=1");
            supervised.awaitLine("done tell");
            supervised.tell("die 9");
            supervised.awaitLine("ended with code 9; starting it again in 0 ms");
            supervised.awaitLine("started");
            supervised.tell("die 9");
            supervised.awaitLine(
                    "ended with code 9 before it was ready; starting it again in 100 ms");
        }
    }

    @Test
    void aCommandIsToldWhetherTheLifeBeforeWasReadyForASecond() throws Exception {
        try (var supervised = run(FakeDaemon.command())) {
            supervised.awaitLine("started");
            beReady(supervised);
            supervised.tell("die 9");
            supervised.awaitLine("started");
            supervised.tell("environment SILICA_PROVEN");
            supervised.awaitLine("SILICA_PROVEN is null");

            beReady(supervised);
            long since = System.nanoTime();
            while (System.nanoTime() - since < SECOND.toNanos()) {
                LockSupport.parkNanos(SECOND.toNanos());
            }
            supervised.tell("die 9");
            supervised.awaitLine("started");
            supervised.tell("environment SILICA_PROVEN");
            supervised.awaitLine("SILICA_PROVEN is 1");
        }
    }

    /** Returns when the supervisor knows. */
    private static void beReady(Supervised supervised) throws Exception {
        supervised.tell("tell READY=1");
        supervised.tell("barrier");
        supervised.awaitLine("done barrier");
    }

    @Test
    void aKilledCommandIsStartedAgain() throws Exception {
        try (var supervised = run(FakeDaemon.command())) {
            var first = supervised.awaitLine("started (\\d+)").group(1);
            supervised.tell("tell READY=1");
            supervised.awaitLine("done tell");
            Supervised.signal("KILL", Long.parseLong(first));
            supervised.awaitLine("was ended by signal 9; starting it again in 0 ms");
            assertThat(supervised.awaitLine("started (\\d+)").group(1)).isNotEqualTo(first);
        }
    }

    @Test
    void aCommandThatStopsByItselfEndsEverything() throws Exception {
        try (var supervised = run(FakeDaemon.command())) {
            supervised.awaitLine("started");
            supervised.tell("tell READY=1");
            supervised.tell("tell STOPPING=1");
            supervised.tell("exit 0");
            assertThat(supervised.awaitEnd()).isZero();
        }
    }

    @Test
    void aCommandThatEndsWithoutAWordIsStartedAgain() throws Exception {
        try (var supervised = run(FakeDaemon.command())) {
            supervised.awaitLine("started");
            supervised.tell("tell READY=1");
            supervised.tell("exit 0");
            supervised.awaitLine("ended with code 0; starting it again in 0 ms");
            supervised.awaitLine("started");
        }
    }

    @Test
    void sigtermBetweenTwoLivesIsTheEnd() throws Exception {
        try (var supervised = run("sh", "-c", "exit 3")) {
            supervised.awaitLine("starting it again in 800 ms");
            supervised.signal("TERM");
            assertThat(supervised.awaitEnd()).isZero();
        }
    }

    @Test
    void orphansAreAdoptedAndCollected() throws Exception {
        try (var supervised = run("sh", "-c", orphanage())) {
            supervised.awaitLine("the parent of the orphan is " + supervised.pid());
            supervised.awaitLine("the orphan is gone");
            supervised.awaitEnd();
        }
    }

    @Test
    void itIsGoodAsProcessOneOfANamespace() throws Exception {
        assumeTrue(isRoot(), "only root makes a pid namespace");
        var script = "trap 'exit 7' TERM\n" + orphanage() + "echo up; " + UNTIL_A_LINE;
        var command = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc"));
        command.add(SuperviseProgram.path().toString());
        command.addAll(runArguments(List.of("sh", "-c", script)));
        try (var supervised = Supervised.startAsItIs(Map.of(), command)) {
            supervised.awaitLine("the parent of the orphan is 1$");
            supervised.awaitLine("the orphan is gone");
            supervised.awaitLine("up");
            Supervised.signal("TERM", onlyChild(supervised.pid()));
            assertThat(supervised.awaitEnd()).isEqualTo(7);
        }
    }

    @Test
    void itsOwnServiceManagerHearsWhenTheCommandIsReady() throws Exception {
        var path = directory.resolve("manager.sock");
        try (var manager = UnixDatagram.at(UnixAddress.of(path));
                var poller = Poller.start("manager");
                var arena = Arena.ofConfined();
                var supervised =
                        Supervised.start(
                                Map.of("NOTIFY_SOCKET", path.toString()),
                                runArguments(FakeDaemon.command()))) {
            supervised.awaitLine("started");
            supervised.tell("tell READY=1");
            assertThat(poller.await(manager.descriptor(), Epoll.READABLE, LONG)).isTrue();
            var text = arena.allocate(100);
            assertThat(manager.receive(text, 0).bytes()).isEqualTo("READY=1".length());
            assertThat(text.getString(0)).isEqualTo("READY=1");
        }
    }

    @Test
    void onlyTheCommandIsHeard() throws Exception {
        try (var supervised = run("sh", "-c", "echo up; " + UNTIL_A_LINE);
                var stranger = strangerTo(supervised)) {
            stranger.send("READY=1".getBytes(StandardCharsets.UTF_8), List.of());
            supervised.awaitLine(
                    "not listening to process %d,".formatted(ProcessHandle.current().pid()));
        }
    }

    @Test
    void aSecondOneOnTheSameSocketsEndsAtOnce() throws Exception {
        try (var first = run("sh", "-c", "echo up; " + UNTIL_A_LINE)) {
            first.awaitLine("up");
            try (var second = run("true")) {
                second.awaitLine("another process does; stop it first");
                assertThat(second.awaitEnd()).isEqualTo(1);
            }
            assertThat(notifySocket()).exists();
        }
    }

    @Test
    void whatAKilledOneLeftIsReplaced() throws Exception {
        try (var killed = run("sh", "-c", "echo up; read line")) {
            killed.awaitLine("up");
            killed.signal("KILL");
            killed.tell("it is orphaned now, and ends");
            assertThat(killed.awaitEnd()).isEqualTo(137);
        }
        assertThat(notifySocket()).exists();
        try (var next = run("true")) {
            assertThat(next.awaitEnd()).isZero();
        }
    }

    @Test
    void aMisspeltOptionIsToldWithTheUsage() throws Exception {
        for (var wrong :
                List.of(
                        List.of("run"),
                        List.of("walk"),
                        List.of("run", "--store", "0", "true"),
                        List.of("run", "--hold", "/tmp/x", "true"),
                        List.of("hold", "--hold", "/x", "--channel", "/y", "true"))) {
            try (var supervised = Supervised.start(Map.of(), wrong)) {
                supervised.awaitLine("silica-supervise run ");
                assertThat(supervised.awaitEnd()).as(wrong.toString()).isEqualTo(2);
            }
        }
    }

    /**
     * Leaves an orphan that ends when it has told who its parent is, and waits until it is gone.
     */
    private String orphanage() {
        return """
        mkfifo %1$s
        orphan=$(sh -c 'read line <%1$s; read -r _ _ _ parent _ </proc/$$/stat
            echo "the parent of the orphan is $parent"' >&2 & echo $!)
        echo go >%1$s
        while [ -d /proc/$orphan ]; do :; done
        echo the orphan is gone
        """
                .formatted(directory.resolve("fifo"));
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static long onlyChild(long pid) throws IOException {
        var children = Files.readString(Path.of("/proc/%d/task/%1$d/children".formatted(pid)));
        return Long.parseLong(children.strip());
    }

    private UnixDatagram strangerTo(Supervised supervised) throws InterruptedException {
        supervised.awaitLine("up");
        return UnixDatagram.to(UnixAddress.of(notifySocket()));
    }

    private Path notifySocket() {
        return directory.resolve("notify.sock");
    }

    private Supervised run(String... command) {
        return run(List.of(command));
    }

    private Supervised run(List<String> command) {
        return Supervised.start(Map.of(), runArguments(command));
    }

    private List<String> runArguments(List<String> command) {
        return Stream.concat(
                        Stream.of("run", "--notify", notifySocket().toString(), "--"),
                        command.stream())
                .toList();
    }
}
