// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found out about programs that are no runsc that works. */
@LeakCheck
final class ProbeTest {
    /** Whoever started it is its sentry. */
    private static final String SAYS_THAT_IT_RUNS =
            """
            for argument; do
                case $argument in --root=*) root=${argument#--root=} ;; esac
            done
            echo "{\\"sandbox\\": {\\"pid\\": $PPID, \\"controlSocketPath\\": \\"${0%/*}/socket\\"}}" \\
                >"$root/+pod_sandbox:+pod.state"
            """;

    /** One makes the pod, and one starts it. */
    private static final int COMMANDS_OF_A_TRIAL = 2;

    @TempDir Path directory;

    @Test
    void aProgramThatIsMissingIsNamed() {
        assertThatThrownBy(() -> probe(directory.resolve("nowhere")))
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining("there is no usable runsc at " + directory);
    }

    @Test
    void aProgramThatPanicsIsRefusedWithWhatItSaysAndTriedOnlyOnce() throws IOException {
        var program =
                program(
                        """
                        echo >>"${0%/*}/tries"
                        for argument; do
                            case $argument in --log=*) log=${argument#--log=} ;; esac
                        done
                        echo '{"level": "error", "msg": "running on goroutine 7"}' >"$log"
                        exit 2
                        """);
        assertThatThrownBy(() -> probe(program))
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining("systrap")
                .hasMessageContaining("running on goroutine 7");
        assertThat(directory.resolve("tries")).hasContent("\n");
    }

    @Test
    void aProgramThatHangsIsEndedAndToldSo() throws IOException {
        var program = program("exec sleep 1000\n");
        assertThatThrownBy(() -> probe(program, Duration.ofSeconds(1)))
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining("did not end within 1 s");
    }

    @Test
    void aSentryThatSpeaksAnotherProtocolIsToldSo() throws IOException {
        var program = program(SAYS_THAT_IT_RUNS);
        try (var sentry = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            sentry.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));
            Thread.ofVirtual().name("silica-test-sentry").start(() -> refuse(sentry));
            assertThatThrownBy(() -> probe(program))
                    .isInstanceOf(SandboxException.Unavailable.class)
                    .hasMessageContaining("the sentry refuses ExecuteAsync: unknown method");
        }
    }

    /** As one that panics while it works, and not before. */
    @Test
    void aSentryThatDiesAtWorkIsToldSo() throws IOException {
        var program = program(SAYS_THAT_IT_RUNS);
        try (var sentry = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            sentry.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));
            Thread.ofVirtual().name("silica-test-sentry").start(() -> die(sentry));
            assertThatThrownBy(() -> probe(program, Duration.ofSeconds(20)))
                    .isInstanceOf(SandboxException.Unavailable.class)
                    .hasMessageContaining("closed the connection instead of answering WaitPID");
        }
    }

    /** The next life of the daemon has what the last one kept, and makes no pod for it. */
    @Test
    void oneThatWorksIsTriedAgainOnlyWhenItOrThePlatformIsAnother() throws IOException {
        var program = program("echo >>\"${0%/*}/commands\"\n" + SAYS_THAT_IT_RUNS);
        try (var sentry = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            sentry.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));
            Thread.ofVirtual().name("silica-test-sentry").start(() -> work(sentry, 3));
            probe(program);
            probe(program);
            assertThat(commands()).isEqualTo(COMMANDS_OF_A_TRIAL);
            probe(config(program, GvisorPlatform.PTRACE));
            assertThat(commands()).isEqualTo(2 * COMMANDS_OF_A_TRIAL);
            Files.writeString(program, "# another\n", StandardOpenOption.APPEND);
            probe(program);
            assertThat(commands()).isEqualTo(3 * COMMANDS_OF_A_TRIAL);
        }
    }

    private int commands() throws IOException {
        return Files.readAllLines(directory.resolve("commands")).size();
    }

    private static void work(ServerSocketChannel sentry, int trials) {
        for (int i = 0; i < trials; i++) {
            answer(sentry, "{\"success\":true,\"err\":\"\",\"result\":7}");
            answer(sentry, "{\"success\":true,\"err\":\"\",\"result\":0}");
        }
    }

    private static void die(ServerSocketChannel sentry) {
        answer(sentry, "{\"success\":true,\"err\":\"\",\"result\":7}");
        answer(sentry, "");
    }

    @Test
    void aTrialThatIsInterruptedSaysNothingOfTheProgram() throws Exception {
        var program = program("echo >>\"${0%/*}/tries\"; exec sleep 1000\n");
        try (var poller = Poller.start("silica-test-probe");
                var orphans = new Orphans(poller)) {
            var config = config(program);
            var probe = new Probe(config, new Runsc(config, poller, orphans), poller);
            for (int tries = 1; tries <= 2; tries++) {
                interruptTrial(probe, tries);
            }
        }
    }

    private void interruptTrial(Probe probe, int tries) throws Exception {
        var trial = trial(probe::require);
        var thread = Thread.ofPlatform().name("silica-test-trial").start(trial);
        awaitSize(directory.resolve("tries"), tries);
        thread.interrupt();
        assertThatThrownBy(trial::get).hasCauseInstanceOf(SandboxException.Cancelled.class);
        assertThat(directory.resolve("verdicts")).isEmptyDirectory();
    }

    private static void awaitSize(Path file, long size) throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!Files.exists(file) || Files.size(file) < size) {
            assertThat(System.nanoTime() - end).isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void refuse(ServerSocketChannel sentry) {
        answer(sentry, "{\"success\":false,\"err\":\"unknown method\",\"result\":null}");
    }

    private static void answer(ServerSocketChannel sentry, String text) {
        try (var connection = sentry.accept()) {
            connection.read(ByteBuffer.allocate(4096));
            connection.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What one of them finds in the directory it would end. */
    @Test
    void trialsInOneDirectoryWaitForEachOther() throws Exception {
        var program =
                program(
                        """
                        mkdir "${0%/*}/busy" || : >"${0%/*}/both"
                        sleep 0.1
                        rmdir "${0%/*}/busy"
                        exit 1
                        """);
        var trials = new ArrayList<FutureTask<Boolean>>();
        for (int i = 0; i < 4; i++) {
            trials.add(start("silica-test-trial-" + i, program));
        }
        for (var trial : trials) {
            assertThatThrownBy(trial::get).hasCauseInstanceOf(SandboxException.Unavailable.class);
        }
        assertThat(directory.resolve("both")).doesNotExist();
    }

    private FutureTask<Boolean> start(String name, Path program) {
        var trial = trial(() -> probe(program));
        Thread.ofPlatform().name(name).start(trial);
        return trial;
    }

    private static FutureTask<Boolean> trial(Runnable tries) {
        return new FutureTask<>(() -> {
            tries.run();
            return true;
        });
    }

    private Path program(String script) throws IOException {
        var program = Files.writeString(directory.resolve("runsc"), "#!/bin/sh\n" + script);
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void probe(Path program, Duration patience) {
        try (var poller = Poller.start("silica-test-probe");
                var orphans = new Orphans(poller)) {
            new Probe(
                            config(program),
                            new Runsc(config(program), poller, orphans),
                            poller,
                            patience)
                    .require();
        }
    }

    private GvisorConfig config(Path program) {
        return config(program, GvisorPlatform.SYSTRAP);
    }

    private GvisorConfig config(Path program, GvisorPlatform platform) {
        return new GvisorConfig(
                program,
                platform,
                GvisorNetwork.SANDBOX,
                HostNetwork.SERVE,
                directory,
                directory,
                directory.resolve("pods"),
                directory.resolve("verdicts"),
                GvisorConfig.USUAL_PATIENCE);
    }

    private void probe(Path program) {
        probe(config(program));
    }

    /** Twice, as for two pods. */
    private static void probe(GvisorConfig config) {
        try (var kernel =
                new GvisorKernel(
                        config,
                        _ -> {
                            throw new AssertionError("no pod is made");
                        })) {
            try {
                kernel.probe();
            } catch (SandboxException _) {
                // So does the second one find it.
            }
            kernel.probe();
        }
    }
}
