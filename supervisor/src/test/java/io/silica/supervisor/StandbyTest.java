// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The next life of the command, which waits for the end of the present one. */
@LeakCheck
@Timeout(120)
final class StandbyTest {
    @TempDir private Path directory;

    @Test
    void whenTheCommandDiesItsStandbyGoesOnWithAllThatIsParked() throws Exception {
        try (var supervised = run(Map.of(), FakeDaemon.command())) {
            supervised.awaitLine("started");
            // More than one message carries.
            supervised.tell("park d 0 600");
            long waits = awaitStandby(supervised);
            supervised.tell("die 9");

            supervised.awaitLine("the standby \\(process %d\\) goes on".formatted(waits));
            supervised.awaitLine("started %d with 600 descriptors".formatted(waits));
            supervised.tell("check d");
            supervised.awaitLine("checked 600");

            long next = awaitStandby(supervised);
            assertThat(next).isNotEqualTo(waits);
            supervised.tell("die 9");
            supervised.awaitLine("started %d with 600 descriptors".formatted(next));
        }
    }

    @Test
    void theStandbyOfACommandThatIsFoundInThePathGoesOn() throws Exception {
        var name = program("found").getFileName().toString();
        var path = Map.of("PATH", directory + ":" + System.getenv("PATH"));
        try (var supervised = run(path, List.of(name))) {
            supervised.awaitLine("started");
            long waits = awaitStandby(supervised);
            supervised.tell("die 9");

            supervised.awaitLine("started %d ".formatted(waits));
        }
    }

    @Test
    void anEmptyDirectoryInThePathIsTheCurrentOne() throws Exception {
        var name = program("found").getFileName().toString();
        var path = Map.of("PATH", ":" + System.getenv("PATH"));
        var command =
                new ArrayList<>(
                        List.of("sh", "-c", "cd \"$0\" && exec \"$@\"", directory.toString()));
        command.add(SuperviseProgram.path().toAbsolutePath().toString());
        command.addAll(arguments(List.of(name)));
        try (var supervised = Supervised.startAsItIs(path, command)) {
            supervised.awaitLine("started");
            long waits = awaitStandby(supervised);
            supervised.tell("die 9");

            supervised.awaitLine("started %d ".formatted(waits));
        }
    }

    @Test
    void aStandbyOfAnotherProgramIsNotUsed() throws Exception {
        var current = directory.resolve("current");
        Files.createSymbolicLink(current, program("1"));
        try (var supervised = run(Map.of(), List.of(current.toString()))) {
            supervised.awaitLine("started");
            long waits = awaitStandby(supervised);
            Files.delete(current);
            Files.createSymbolicLink(current, program("2"));
            supervised.tell("die 9");

            var started = supervised.awaitLine("started (\\d+)").group(1);
            assertThat(started).isNotEqualTo(Long.toString(waits));
            awaitEnd(waits);
        }
    }

    @Test
    void aStandbyThatDoesNotTakeItsTurnIsKilledAndTheCommandStartedFromTheBeginning()
            throws Exception {
        try (var supervised = run(Map.of(FakeStandby.FAULT, "sleeps"), FakeDaemon.command())) {
            supervised.awaitLine("started");
            long waits = awaitStandby(supervised);
            supervised.tell("die 9");

            supervised.awaitLine("process %d\\) does not take its turn".formatted(waits));
            supervised.awaitLine("before it was ready; starting it again in 100 ms");
            supervised.awaitLine("started");
        }
    }

    @Test
    void aStandbyThatEndsIsToldAndTheCommandGoesOn() throws Exception {
        try (var supervised = run(Map.of(FakeStandby.FAULT, "dies"), FakeDaemon.command())) {
            supervised.awaitLine("started");
            supervised.tell("tell READY=1");
            supervised.awaitLine("the standby \\(process \\d+\\) has ended");
            supervised.tell("die 9");
            supervised.awaitLine("ended with code 9; starting it again in 0 ms");
            supervised.awaitLine("started");
        }
    }

    @Test
    void theEndOfTheSupervisorIsThatOfAStandby() throws Exception {
        long waits;
        try (var supervised = run(Map.of(), FakeDaemon.command())) {
            supervised.awaitLine("started");
            waits = awaitStandby(supervised);
            supervised.signal("TERM");
            supervised.awaitEnd();
        }
        assertThat(ProcessHandle.of(waits)).isEmpty();
    }

    @Test
    void theDeathOfTheSupervisorIsTheEndOfAStandby() throws Exception {
        try (var supervised = run(Map.of(), FakeDaemon.command())) {
            supervised.awaitLine("started");
            long waits = awaitStandby(supervised);
            supervised.signal("KILL");
            awaitEnd(waits);
            supervised.tell("exit 0");
            supervised.awaitEnd();
        }
    }

    /** Lets the command be ready; its standby's process, when it waits. */
    private static long awaitStandby(Supervised supervised) throws InterruptedException {
        supervised.tell("tell READY=1");
        return Long.parseLong(supervised.awaitLine("standby \\(process (\\d+)\\) waits").group(1));
    }

    private static void awaitEnd(long pid) throws Exception {
        var process = ProcessHandle.of(pid);
        if (process.isPresent()) {
            process.get().onExit().get(30, TimeUnit.SECONDS);
        }
    }

    private Path program(String name) throws IOException {
        var script = directory.resolve(name);
        if (!Files.exists(script)) {
            var words =
                    String.join(
                            " ", FakeDaemon.command().stream().map(w -> "'" + w + "'").toList());
            Files.writeString(script, "#!/bin/sh\nexec " + words + "\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        }
        return script;
    }

    private Supervised run(Map<String, String> environment, List<String> command) {
        return Supervised.start(environment, arguments(command));
    }

    private List<String> arguments(List<String> command) {
        var arguments =
                new ArrayList<>(
                        List.of(
                                "run",
                                "--standby",
                                "--notify",
                                directory.resolve("notify.sock").toString(),
                                "--"));
        arguments.addAll(command);
        return arguments;
    }
}
