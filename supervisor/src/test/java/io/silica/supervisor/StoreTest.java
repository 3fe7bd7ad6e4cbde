// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the command parks. */
@LeakCheck
@Timeout(120)
class StoreTest {
    private static final int MEBIBYTE_IN_KIB = 1024;

    @TempDir private Path directory;

    @Test
    void fiveThousandDescriptorsComeBackAfterAKill() throws Exception {
        try (var supervised = supervise(5000)) {
            awaitLife(supervised, 0);
            obey(supervised, "park d 0 5000");
            die(supervised);
            awaitLife(supervised, 5000);
            obey(supervised, "check d");
            assertThat(supervised.said()).contains("checked 5000");
            assertThat(privateKib(supervised.pid())).isLessThan(3 * MEBIBYTE_IN_KIB);
        }
    }

    @Test
    void whatWasParkedBeforeABarrierIsThereAfterAKillRightBehindIt() throws Exception {
        try (var supervised = supervise(5000)) {
            awaitLife(supervised, 0);
            for (int round = 1; round <= 3; round++) {
                supervised.tell("park d %d 50".formatted(round * 50));
                supervised.tell("remove d%d".formatted(round * 50 + 7));
                supervised.tell("barrier");
                supervised.tell("die 9");
                awaitLife(supervised, round * 49);
                obey(supervised, "check d");
            }
        }
    }

    @Test
    void whatWasSentByTheDeadIsDone() throws Exception {
        try (var supervised = supervise(100)) {
            awaitLife(supervised, 0);
            // Neither waits for an answer: the last ones are still in the socket when it dies.
            supervised.tell("park d 0 9");
            die(supervised);
            awaitLife(supervised, 9);
        }
    }

    @Test
    void onlyTheNameThatIsRemovedGoes() throws Exception {
        try (var supervised = supervise(100)) {
            awaitLife(supervised, 0);
            obey(supervised, "park d 0 5");
            obey(supervised, "park d 2 1");
            obey(supervised, "remove d2");
            obey(supervised, "remove none");
            die(supervised);
            awaitLife(supervised, 4);
        }
    }

    @Test
    void theCommandIsToldHowManyAndWhatExceedsThemIsClosedAndCounted() throws Exception {
        try (var supervised = supervise(10)) {
            supervised.awaitLine("started .* FDSTORE 10$");
            supervised.tell("park d 0 12");
            supervised.awaitLine("closing descriptor \"d10\": the store is full \\(1 so far\\)");
            supervised.awaitLine("closing descriptor \"d11\": the store is full \\(2 so far\\)");
            die(supervised);
            awaitLife(supervised, 10);
            obey(supervised, "check d");
        }
    }

    @Test
    void namesNeverFillTheEnvironmentSoThatTheCommandCannotBeStarted() throws Exception {
        var name = "n".repeat(57);
        try (var supervised = supervise(5000)) {
            awaitLife(supervised, 0);
            supervised.tell("park " + name + " 10000 2100");
            supervised.awaitLine("the names fill LISTEN_FDNAMES");
            supervised.awaitLine("done park");
            die(supervised);
            // 128 KiB less "LISTEN_FDNAMES=" and its NUL, in names of 62 bytes with a colon.
            awaitLife(supervised, ((128 << 10) - 16) / 63);
        }
    }

    @Test
    void aNameThatCannotBeOneIsReplaced() throws Exception {
        try (var supervised = supervise(100)) {
            awaitLife(supervised, 0);
            obey(supervised, "park a:b 0 1");
            obey(supervised, "park " + "n".repeat(64) + " 0 1");
            die(supervised);
            awaitLife(supervised, 2);
            supervised.tell("check d");
            supervised.awaitLine("IllegalStateException: stored is d0");
        }
    }

    @Test
    void notificationsThatMeanNothingDoNoHarm() throws Exception {
        try (var supervised = supervise(100)) {
            awaitLife(supervised, 0);
            for (var text :
                    List.of(
                            "WATCHDOG=1",
                            "MAINPID=1",
                            "FDSTORE=1",
                            "FDNAME=x",
                            ",,,",
                            "=",
                            "BARRIER=1",
                            "STATUS=" + "x".repeat(4000),
                            "READY=2")) {
                obey(supervised, "tell " + text);
            }
            supervised.tell("tell " + "x".repeat(8000));
            supervised.awaitLine("or says too much");
            die(supervised);
            supervised.awaitLine("before it was ready");
            awaitLife(supervised, 0);
        }
    }

    private Supervised supervise(int most) {
        var arguments = new ArrayList<String>();
        arguments.add("run");
        arguments.addAll(List.of("--notify", directory.resolve("notify.sock").toString()));
        arguments.addAll(List.of("--store", Integer.toString(most)));
        arguments.addAll(FakeDaemon.command());
        return Supervised.start(Map.of(), arguments);
    }

    private static void awaitLife(Supervised supervised, int descriptors)
            throws InterruptedException {
        supervised.awaitLine("started .* with " + descriptors + " descriptors");
    }

    private static void obey(Supervised supervised, String line) throws InterruptedException {
        supervised.tell(line);
        supervised.awaitLine("done " + line.split(" ", 2)[0]);
    }

    private static void die(Supervised supervised) {
        supervised.tell("die 9");
    }

    /** What this process would give back if it ended. */
    private static long privateKib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/%d/smaps_rollup".formatted(pid))).stream()
                .filter(line ->
                        line.startsWith("Private_Clean:") || line.startsWith("Private_Dirty:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }
}
