// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cri.ContainerLog;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriEndpoint;
import io.silica.ctl.cri.FakeRuntime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunCommandTest {
    private static final String POD = "metadata: {name: p, namespace: n, uid: u}\n";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    @TempDir private Path directory;
    private Path socket;
    private Path podFile;
    private Path containerFile;

    @BeforeEach
    void writeFiles() throws IOException {
        socket = directory.resolve("s");
        podFile = write("pod.yaml", POD);
        containerFile = write("container.yaml", "metadata: {name: c}\nimage: {image: present}\n");
    }

    @Test
    void theOutputIsTheContainersAndSoIsTheExitCode() throws IOException {
        try (var runtime =
                new FakeRuntime(
                        socket, 42, "stdout F out", "stderr F err", "stdout P no newline")) {
            assertThat(run("-r", "wasm")).isEqualTo(42);

            assertThat(text(out)).isEqualTo("out\nno newline");
            assertThat(text(err)).isEqualTo("err\n");
            assertThat(runtime.calls())
                    .containsExactly(
                            "ImageStatus",
                            "RunPodSandbox wasm",
                            "CreateContainer pod-1",
                            "StartContainer container-1",
                            "StopPodSandbox pod-1",
                            "RemovePodSandbox pod-1");
        }
    }

    @Test
    void aVerboseRunSaysEachCallOnceOnStandardError() throws IOException {
        try (var _ = new FakeRuntime(socket, 0, "stdout F out")) {
            assertThat(run("--verbose")).isZero();
        }

        assertThat(text(out)).isEqualTo("out\n");
        assertThat(text(err).lines().map(line -> line.replaceFirst(", [0-9]+ ms$", "")))
                .containsSubsequence(
                        "ImageStatus",
                        "RunPodSandbox",
                        "CreateContainer",
                        "StartContainer",
                        "ContainerStatus",
                        "StopPodSandbox",
                        "RemovePodSandbox")
                .doesNotHaveDuplicates();
    }

    @Test
    void theFilesLogIsUsedAndItsOldLinesAreNotPrinted() throws IOException {
        Path logs = directory.resolve("logs");
        Files.writeString(podFile, POD + "log_directory: " + logs);
        containerFile =
                write(
                        "c2.yaml",
                        "metadata: {name: c}\nimage: {image: present}\nlog_path: sub/c.log\n");
        try (var _ = new FakeRuntime(socket, 0, "stdout F new")) {
            assertThat(run()).isZero();
        }

        assertThat(text(out)).isEqualTo("new\n");
        assertThat(logs.resolve("sub/c.log")).isNotEmptyFile();
    }

    @Test
    void keepLeavesThePodAndSaysItsName() throws IOException {
        try (var runtime = new FakeRuntime(socket, 0)) {
            assertThat(run("--keep")).isZero();

            assertThat(runtime.calls()).last().isEqualTo("StartContainer container-1");
        }
        assertThat(text(err)).contains("kept pod pod-1, container container-1, log ");
        Path log = Path.of(text(err).strip().replaceFirst(".* log ", ""));
        assertThat(log).isEmptyFile();
        Files.delete(log);
        Files.delete(log.getParent());
    }

    @Test
    void aFailureAfterThePodWasMadeRemovesIt() throws IOException {
        try (var runtime = new FakeRuntime(socket, 0)) {
            // The log cannot be written: the socket has its name.
            Files.writeString(podFile, POD + "log_directory: " + directory);
            Files.writeString(containerFile, "\nlog_path: s\n", StandardOpenOption.APPEND);

            assertThat(run()).isEqualTo(ExitCode.NOT_RUN);

            assertThat(runtime.calls()).endsWith("StopPodSandbox pod-1", "RemovePodSandbox pod-1");
        }
        assertThat(text(err)).startsWith("sandboxctl: cannot start container container-1: no log");
    }

    @Test
    void aSignalStopsTheContainerAndRemovesThePod() throws Exception {
        var spec = PodSpec.read(podFile, containerFile, "wasm").withLogIn(directory);
        try (var runtime = new FakeRuntime(socket, 143, "stdout F running");
                var client = new CriClient(new CriEndpoint(socket), Duration.ofSeconds(10));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            runtime.runForEver();
            var run =
                    new PodRun(
                            client,
                            spec,
                            ContainerLog.fromStart(spec.log()),
                            Duration.ofSeconds(3));
            run.start();
            var printed = new CountDownLatch(1);
            Future<Integer> exitCode = threads.submit(() -> run.await(_ -> printed.countDown()));
            printed.await();

            run.close();
            run.close();

            assertThat(runtime.calls())
                    .endsWith(
                            "StopContainer container-1 3",
                            "StopPodSandbox pod-1",
                            "RemovePodSandbox pod-1");
            assertThat(endOf(exitCode)).containsAnyOf("143", "the run was closed");
        }
    }

    private static String endOf(Future<Integer> await) throws InterruptedException {
        try {
            return String.valueOf(await.get());
        } catch (ExecutionException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void anUnknownHandlerIsAnsweredWithTheHandlersThatThereAre() throws IOException {
        try (var _ = new FakeRuntime(socket, 0)) {
            assertThat(run("-r", "none")).isEqualTo(ExitCode.NOT_RUN);
        }
        assertThat(text(err))
                .isEqualTo(
                        "sandboxctl: containerd has no runtime handler \"none\"; it has: runc, wasm\n");
    }

    @Test
    void anImageThatIsNotThereIsPulled() throws IOException {
        containerFile = write("c2.yaml", "metadata: {name: c}\nimage: {image: absent}\n");
        try (var runtime = new FakeRuntime(socket, 0)) {
            assertThat(run()).isEqualTo(ExitCode.NOT_RUN);

            assertThat(runtime.calls()).contains("PullImage absent");
        }
        assertThat(text(err)).isEqualTo("sandboxctl: cannot get image \"absent\": no such host\n");
    }

    @Test
    void aMissingSocketIsSaidInWords() {
        assertThat(run()).isEqualTo(ExitCode.NOT_RUN);

        assertThat(text(err))
                .contains("there is no socket " + socket)
                .contains("--runtime-endpoint")
                .hasLineCount(1);
    }

    @Test
    void aSocketThatNobodyListensOnIsSaidInWords() throws IOException {
        write("s", "");

        assertThat(run()).isEqualTo(ExitCode.NOT_RUN);

        assertThat(text(err)).contains("nobody answers on " + socket);
    }

    @Test
    void aWrongFieldIsNamed() throws IOException {
        Files.writeString(podFile, POD + "hostnam: x\n");

        assertThat(run()).isEqualTo(ExitCode.NOT_RUN);

        assertThat(text(err)).contains("pod.yaml: unknown field hostnam");
    }

    @Test
    void aWrongCommandLineShowsTheUsage() {
        assertThat(new SandboxCtl(stream(out), stream(err)).execute("run"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("--runtime-endpoint", "tcp://here")).isEqualTo(ExitCode.USAGE);

        assertThat(text(err)).contains("Usage: sandboxctl run").contains("unix:///path/to/socket");
    }

    private int run(String... options) {
        var args = new ArrayList<>(List.of("run", "--call-timeout", "10"));
        if (!Arrays.asList(options).contains("--runtime-endpoint")) {
            args.addAll(List.of("--runtime-endpoint", "unix://" + socket));
        }
        args.addAll(List.of(options));
        args.addAll(List.of(containerFile.toString(), podFile.toString()));
        return new SandboxCtl(stream(out), stream(err)).execute(args.toArray(String[]::new));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
