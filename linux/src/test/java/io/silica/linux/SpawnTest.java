// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
class SpawnTest {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Poller poller = Poller.start("spawn-test");

    @TempDir private Path directory;

    @AfterEach
    void stop() {
        poller.close();
    }

    @Test
    void theExitCodeComesBack() throws InterruptedException {
        try (var child = shell("exit 7").start()) {
            assertThat(child.await(poller, LONG)).contains(new ExitStatus.Exited(7));
            assertThat(child.status().orElseThrow().code()).as("again").isEqualTo(7);
            assertThat(child.pidfd().signal(Pidfd.SIGTERM)).isFalse();
        }
    }

    @Test
    void aSignalComesBackAsOne() throws InterruptedException {
        try (var stdin = Pipe.open();
                var child = shell("read line").descriptor(0, stdin.reader()).start()) {
            assertThat(child.status()).isEmpty();
            assertThat(child.pidfd().hasExited()).isFalse();
            assertThat(child.pidfd().signal(Pidfd.SIGKILL)).isTrue();
            var status = child.await(poller, LONG).orElseThrow();
            assertThat(status).isEqualTo(new ExitStatus.Signalled(Pidfd.SIGKILL, false));
            assertThat(status.code()).isEqualTo(137);
        }
    }

    @Test
    void theChildHasExactlyWhatItIsGiven() throws Exception {
        try (var pipe = Pipe.open();
                var other = Pipe.open()) {
            // Neither close-on-exec nor given.
            other.writer().call(Syscall.FCNTL, 2, 0);
            var list = Spawn.of(Path.of("/bin/ls"), "/proc/self/fd");
            assertThat(run(list.descriptor(5, pipe.writer())).lines())
                    .as("3 is the directory that is being listed")
                    .containsExactly("0", "1", "2", "3", "5");
        }
    }

    @Test
    void numbersThatAreExchangedArriveExchanged() throws Exception {
        try (var first = fileWith("first");
                var second = fileWith("second")) {
            var spawn =
                    shell(
                                    "cat /proc/self/fd/%d /proc/self/fd/%d"
                                            .formatted(first.number(), second.number()))
                            .descriptor(first.number(), second)
                            .descriptor(second.number(), first);
            assertThat(run(spawn)).isEqualTo("secondfirst");
        }
    }

    @Test
    void aDescriptorKeepsItsNumberIfAsked() throws Exception {
        try (var file = fileWith("same")) {
            var spawn = shell("cat /proc/self/fd/" + file.number()).descriptor(file.number(), file);
            assertThat(run(spawn)).isEqualTo("same");
        }
    }

    @Test
    void whatStartingTookIsGivenBack() throws Exception {
        long before = openDescriptors();
        try (var child = shell("exit 0").start()) {
            child.await(poller, LONG);
        }
        assertThatThrownBy(() -> Spawn.of(directory.resolve("none")).start())
                .isInstanceOf(LinuxException.class);
        assertThat(openDescriptors()).isEqualTo(before);
    }

    @Test
    void environmentDirectoryAndArgumentsAreWhatWasAsked() throws Exception {
        var spawn =
                Spawn.of(
                                SHELL,
                                "-c",
                                "echo \"$NAME $(pwd) $1\"; unset PWD OLDPWD _; env",
                                "sh",
                                "a  b")
                        .environment(Map.of("NAME", "ä=1"))
                        .directory(directory);
        assertThat(run(spawn))
                .startsWith("ä=1 %s a  b%n".formatted(directory))
                .endsWith("NAME=ä=1\n");
    }

    @Test
    void aNewSessionIsLedByTheChild() throws Exception {
        assertThat(run(shell("[ $(cut -d' ' -f6 /proc/$$/stat) = $$ ] && echo yes").newSession()))
                .isEqualTo("yes\n");
    }

    @Test
    void signalsAreNeitherBlockedNorIgnored() throws Exception {
        assertThat(run(shell("grep -E 'Sig(Blk|Ign)' /proc/$$/status | grep -c 0000000000000000")))
                .isEqualTo("2\n");
    }

    @Test
    void aMissingProgramIsNamed() {
        assertThatThrownBy(() -> Spawn.of(directory.resolve("none")).start())
                .asInstanceOf(type(LinuxException.class))
                .returns("posix_spawn", LinuxException::call)
                .returns(directory.resolve("none").toString(), LinuxException::subject)
                .returns(Errno.ENOENT, LinuxException::errno);
    }

    @Test
    void aProgramThatMayNotBeRunIsRefused() throws IOException {
        var file = Files.createFile(directory.resolve("plain"));
        assertThatThrownBy(() -> Spawn.of(file).start()).hasMessageContaining("EACCES");
    }

    @Test
    void stringsWithANulAreRefusedInsteadOfCut() {
        assertThatThrownBy(() -> shell("a\0b").start())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> shell("").environment(Map.of("A=B", "")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyChildrenAreWatchedByOneThread() throws Exception {
        int count = 50;
        var exits = new CountDownLatch(count);
        var children = new ArrayList<Child>();
        for (int i = 0; i < count; i++) {
            var child = shell("exit " + i).start();
            int expected = i;
            children.add(child);
            child.onExit(
                    poller,
                    status -> {
                        if (status.code() == expected) {
                            exits.countDown();
                        }
                    });
        }
        assertThat(exits.await(20, TimeUnit.SECONDS)).isTrue();
        children.forEach(Child::close);
    }

    @Test
    void anExitIsReportedAlsoToWhoAsksLate() throws Exception {
        try (var child = shell("exit 3").start()) {
            child.await(poller, LONG);
            var late = new CompletableFuture<ExitStatus>();
            child.onExit(poller, late::complete);
            assertThat(late.get(20, TimeUnit.SECONDS)).isEqualTo(new ExitStatus.Exited(3));
        }
    }

    @Test
    void anIdentityFindsItsProcessAndNoOther() throws InterruptedException {
        try (var stdin = Pipe.open();
                var child = shell("read line").descriptor(0, stdin.reader()).start()) {
            var identity = ProcessIdentity.of(child.pid()).orElseThrow();
            assertThat(identity.isCurrent()).isTrue();
            assertThat(Pidfd.open(new ProcessIdentity(child.pid(), 1))).isEmpty();
            try (var pidfd = Pidfd.open(identity).orElseThrow()) {
                pidfd.signal(Pidfd.SIGTERM);
            }
            child.await(poller, LONG);
            assertThat(identity.isCurrent()).isFalse();
            assertThat(Pidfd.open(identity)).isEmpty();
        }
    }

    @Test
    void aStrangersStatusIsNotOurs() {
        try (var init = Pidfd.open(1)) {
            assertThatThrownBy(init::reap)
                    .asInstanceOf(type(LinuxException.class))
                    .returns("waitid", LinuxException::call)
                    .returns(Errno.ECHILD, LinuxException::errno);
        }
    }

    private static Spawn shell(String script) {
        return Spawn.of(SHELL, "-c", script).environment(Map.of("PATH", "/usr/bin:/bin"));
    }

    private String run(Spawn spawn) throws Exception {
        try (var pipe = Pipe.open();
                var output = poller.inputStream(pipe.reader());
                var child = spawn.descriptor(1, pipe.writer()).start()) {
            pipe.writer().close();
            var text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(child.await(poller, LONG)).contains(new ExitStatus.Exited(0));
            return text;
        }
    }

    private Descriptor fileWith(String text) throws IOException {
        return Descriptor.open(Files.writeString(directory.resolve(text), text), OpenFlag.READ);
    }

    private static long openDescriptors() throws IOException {
        try (var list = Files.list(Path.of("/proc/self/fd"))) {
            return list.count();
        }
    }
}
