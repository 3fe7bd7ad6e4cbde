// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cri.FakeRuntime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class VerbsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    @TempDir private Path directory;
    private FakeRuntime runtime;
    private Path podFile;
    private Path containerFile;

    @BeforeEach
    void start() throws IOException {
        runtime = new FakeRuntime(directory.resolve("s"), 0, "stdout F one", "stderr F two");
        podFile =
                Files.writeString(
                        directory.resolve("pod"),
                        "metadata: {name: p, namespace: n, uid: u}\nlog_directory: " + directory);
        containerFile =
                Files.writeString(
                        directory.resolve("container"),
                        "metadata: {name: c}\nimage: {image: present}\nlog_path: log\n");
    }

    @AfterEach
    void stop() {
        runtime.close();
    }

    @Test
    void aPodAndAContainerAreMadeStepByStepAndTheirIdsPrinted() {
        assertThat(ctl("runp", "-r", "wasm", podFile.toString())).isZero();
        assertThat(ctl("create", "pod-", containerFile.toString(), podFile.toString())).isZero();
        assertThat(ctl("start", "container-1")).isZero();
        assertThat(ctl("stop", "-t", "7", "container")).isZero();
        assertThat(ctl("stopp", "pod-1")).isZero();
        assertThat(ctl("rmp", "pod-1")).isZero();

        assertThat(text(out).lines())
                .containsExactly(
                        "pod-1", "container-1", "container-1", "container-1", "pod-1", "pod-1");
        assertThat(runtime.calls())
                .containsExactly(
                        "RunPodSandbox wasm",
                        "ImageStatus",
                        "CreateContainer pod-1",
                        "StartContainer container-1",
                        "StopContainer container-1 7",
                        "StopPodSandbox pod-1",
                        "RemovePodSandbox pod-1");
    }

    @Test
    void aPodThatRunsIsRemovedOnlyByForce() {
        ctl("runp", podFile.toString());

        assertThat(ctl("rmp", "pod-1")).isEqualTo(ExitCode.FAILED);
        assertThat(text(err))
                .isEqualTo(
                        "sandboxctl: pod pod-1 runs; stop it with stopp, or remove it with --force\n");
        assertThat(ctl("rmp", "--force", "pod-1")).isZero();
        assertThat(runtime.calls()).endsWith("StopPodSandbox pod-1", "RemovePodSandbox pod-1");
    }

    @Test
    void aContainerThatRunsIsRemovedOnlyByForce() {
        runtime.runForEver();
        ctl("runp", podFile.toString());
        ctl("create", "pod-1", containerFile.toString(), podFile.toString());

        assertThat(ctl("rm", "container-1")).isEqualTo(ExitCode.FAILED);
        assertThat(text(err)).contains("container container-1 runs");
        assertThat(ctl("rm", "--force", "container-1")).isZero();
        assertThat(runtime.calls())
                .endsWith("StopContainer container-1 0", "RemoveContainer container-1");
    }

    @Test
    void theTimeoutOfAStopIsTheGraceAsInCrictl() {
        ctl("runp", podFile.toString());
        ctl("create", "pod-1", containerFile.toString(), podFile.toString());

        assertThat(ctl("stop", "--timeout", "7", "--call-timeout", "9", "container-1")).isZero();
        assertThat(runtime.calls()).endsWith("StopContainer container-1 7");
    }

    @Test
    void allThatThereAreAreRemovedIfThatIsAsked() {
        ctl("runp", podFile.toString());
        ctl("create", "pod-1", containerFile.toString(), podFile.toString());

        assertThat(ctl("rm", "--all")).isZero();
        assertThat(ctl("rmp", "-a", "-f")).isZero();
        assertThat(ctl("rm")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(runtime.calls())
                .endsWith(
                        "RemoveContainer container-1",
                        "StopPodSandbox pod-1",
                        "RemovePodSandbox pod-1");
    }

    @Test
    void theRuntimeIsAskedForTheStateAndTheLabelsThatAreWanted() {
        ctl("runp", podFile.toString());
        ctl("create", "pod-1", containerFile.toString(), podFile.toString());
        out.reset();

        assertThat(ctl("pods", "-q", "--state", "ready", "--label", "a=b")).isZero();
        assertThat(ctl("pods", "-q", "-s", "notready")).isZero();
        assertThat(ctl("ps", "-q")).isZero();
        assertThat(ctl("ps", "-q", "--state", "created")).isZero();
        assertThat(ctl("ps", "-q", "-a", "--label", "a=b", "--label", "c=d")).isZero();
        assertThat(runtime.filters())
                .containsExactly(
                        "pods SANDBOX_READY {a=b}",
                        "pods SANDBOX_NOTREADY {}",
                        "containers CONTAINER_RUNNING {}",
                        "containers CONTAINER_CREATED {}",
                        "containers CONTAINER_CREATED {a=b, c=d}");
        assertThat(text(out).lines()).containsExactly("pod-1", "container-1", "container-1");
    }

    @Test
    void ofAListThoseOfANameAnImageOrANamespaceAreShown() {
        ctl("runp", podFile.toString());
        ctl("create", "pod-1", containerFile.toString(), podFile.toString());
        out.reset();

        assertThat(ctl("pods", "-q", "--name", "^p$", "--namespace", "n")).isZero();
        assertThat(ctl("pods", "-q", "--namespace", "other")).isZero();
        assertThat(ctl("ps", "-q", "--latest", "--image", "pres")).isZero();
        assertThat(ctl("ps", "-q", "-a", "--name", "other")).isZero();
        assertThat(ctl("ps", "-q", "-n", "0")).isZero();
        assertThat(text(out).lines()).containsExactly("pod-1", "container-1");
    }

    @Test
    void whatPodsAndContainersHaveUsedIsPrintedForPeopleAndForScripts() {
        assertThat(ctl("stats", "--no-trunc")).isZero();
        assertThat(ctl("statsp", "pod-1")).isZero();
        assertThat(ctl("stats", "-o", "json", "other")).isZero();

        assertThat(text(out).replaceAll("\\s+", " "))
                .contains("container-1", "3.0 KiB", "pod-1", "5.0 KiB", "\"stats\" : [ ]");
    }

    @Test
    void aLogBeginsAtATimeAndHasTimesIfThatIsAsked() {
        ctl("runp", podFile.toString());
        ctl("create", "pod-1", containerFile.toString(), podFile.toString());
        ctl("start", "container-1");
        out.reset();

        assertThat(ctl("logs", "--since", "2026-11-22T19:00:02Z", "container-1")).isZero();
        assertThat(text(out)).isEmpty();
        assertThat(ctl("logs", "-t", "--since", "99999999h", "container-1")).isZero();
        assertThat(text(out)).isEqualTo("2026-11-22T19:00:01Z one\n");
        assertThat(ctl("logs", "--since", "noon", "container-1"))
                .isEqualTo(CommandLine.ExitCode.USAGE);
    }

    @Test
    void aGraceOfLessThanNothingIsRefused() {
        assertThat(ctl("stop", "-t", "-1", "container-1")).isNotEqualTo(ExitCode.OK);
    }

    @Test
    void outputThatNobodyReadsEndsTheCommand() {
        ctl("runp", podFile.toString());
        ctl("create", "pod-1", containerFile.toString(), podFile.toString());
        ctl("start", "container-1");
        err.reset();
        var nobody =
                new PrintStream(
                        new OutputStream() {
                            @Override
                            public void write(int b) throws IOException {
                                throw new IOException("Broken pipe");
                            }
                        },
                        true,
                        StandardCharsets.UTF_8);

        assertThat(
                        new SandboxCtl(nobody, stream(err))
                                .execute(
                                        "logs",
                                        "--runtime-endpoint",
                                        "unix://" + directory.resolve("s"),
                                        "container-1"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(text(err)).contains("nobody reads the output");
    }

    @Test
    void whatCannotBeFoundEndsNoneOfTheOthers() {
        ctl("runp", podFile.toString());

        assertThat(ctl("stopp", "none", "pod-1")).isEqualTo(ExitCode.FAILED);
        assertThat(text(err)).isEqualTo("sandboxctl: there is no pod none\n");
        assertThat(runtime.calls()).endsWith("StopPodSandbox pod-1");
    }

    @Test
    void podsAndContainersAreListedForPeopleAndForScripts() {
        ctl("runp", "-r", "wasm", podFile.toString());
        ctl("create", "pod-1", containerFile.toString(), podFile.toString());
        out.reset();

        assertThat(ctl("pods")).isZero();
        assertThat(ctl("pods", "--quiet", "--runtime", "runc")).isZero();
        assertThat(ctl("ps", "--all", "--no-trunc")).isZero();
        assertThat(ctl("ps", "-q")).isZero();
        assertThat(text(out).lines())
                .satisfiesExactly(
                        heading -> assertThat(heading).startsWith("POD "),
                        pod -> assertThat(pod).contains("pod-1", "READY", "p", "n", "wasm"),
                        heading -> assertThat(heading).startsWith("CONTAINER "),
                        container ->
                                assertThat(container)
                                        .contains("container-1", "CREATED", "present", "pod-1"));

        out.reset();
        assertThat(ctl("pods", "-o", "json")).isZero();
        assertThat(text(out)).contains("\"items\"", "\"state\" : \"SANDBOX_READY\"");
    }

    @Test
    void aLogIsPrintedToItsStreamsFromTheLastLinesOnIfThatIsAsked() {
        ctl("runp", podFile.toString());
        ctl("create", "pod-1", containerFile.toString(), podFile.toString());
        ctl("start", "container-1");
        out.reset();

        assertThat(ctl("logs", "--follow", "container-1")).isZero();
        assertThat(text(out)).isEqualTo("one\n");
        assertThat(text(err)).isEqualTo("two\n");

        out.reset();
        assertThat(ctl("logs", "--tail", "1", "container-1")).isZero();
        assertThat(text(out)).isEmpty();
    }

    @Test
    void whatWasToldOfAContainerIsPrintedWhole() {
        ctl("runp", podFile.toString());
        ctl("create", "pod-1", containerFile.toString(), podFile.toString());
        out.reset();

        assertThat(ctl("inspect", "container-1")).isZero();
        assertThat(text(out)).contains("\"status\"", "\"pid\" : 7", "\"plain\" : \"no JSON {\"");
    }

    @Test
    void whatWasToldOfAPodIsPrintedWhole() {
        ctl("runp", podFile.toString());
        out.reset();

        assertThat(ctl("inspectp", "-o", "json", "pod-1")).isZero();
        assertThat(text(out)).contains("\"state\" : \"SANDBOX_READY\"");
        assertThat(ctl("inspectp", "-o", "yaml", "pod-1")).isEqualTo(CommandLine.ExitCode.USAGE);
    }

    @Test
    void aCompletionForShellsCanBePrinted() {
        assertThat(ctl0("generate-completion")).isZero();
        assertThat(text(out)).contains("port-forward");
    }

    private int ctl(String... args) {
        var all = new ArrayList<>(List.of(args));
        all.addAll(1, List.of("--runtime-endpoint", "unix://" + directory.resolve("s")));
        return ctl0(all.toArray(String[]::new));
    }

    private int ctl0(String... args) {
        return new SandboxCtl(stream(out), stream(err)).execute(args);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
