// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The operator's tool, as it is installed. */
final class SandboxCtlTest {
    private static final String PROGRAM = Repository.programs().resolve("sandboxctl").toString();

    @TempDir private Path directory;

    @OnEveryContainerd
    void runPrintsWhatTheContainerPrints(Node node) throws IOException {
        Path podFile =
                Files.writeString(
                        directory.resolve("pod"),
                        "metadata: {name: ctl, namespace: e2e, uid: ctl}\nlinux: {cgroup_parent: /%s/ctl}\n"
                                .formatted(node.cgroups().name()));
        Path containerFile =
                Files.writeString(
                        directory.resolve("container"),
                        "metadata: {name: c}\nimage: {image: docker.io/silica/hello:1}\nargs: [operator]\n");

        assertThat(
                        Command.run(
                                PROGRAM,
                                "run",
                                "--runtime-endpoint",
                                node.cri().endpoint().toString(),
                                "--runtime",
                                "wasm",
                                containerFile.toString(),
                                podFile.toString()))
                .isEqualTo("hello from Wasm operator\n");
    }

    @OnEveryContainerd
    void aPodIsTakenThroughItsLifeVerbByVerb(Node node) throws IOException {
        Path podFile =
                Files.writeString(
                        directory.resolve("pod"),
                        "metadata: {name: verbs, namespace: e2e, uid: verbs}\nlog_directory: %s\nlinux: {cgroup_parent: /%s/verbs}\n"
                                .formatted(directory, node.cgroups().name()));
        Path containerFile =
                Files.writeString(
                        directory.resolve("container"),
                        "metadata: {name: c}\nimage: {image: docker.io/silica/hello:1}\nlog_path: log\n");

        String pod = ctl(node, "", "runp", "-r", "wasm", podFile.toString()).stdout().strip();
        String container =
                ctl(node, "", "create", pod, containerFile.toString(), podFile.toString())
                        .stdout()
                        .strip();
        assertThat(ctl(node, "", "start", container).exitCode()).isZero();
        assertThat(ctl(node, "", "logs", "-f", container).stdout()).isEqualTo("hello from Wasm\n");
        assertThat(ctl(node, "", "ps", "-a", "--pod", pod).stdout()).contains("EXITED");
        assertThat(ctl(node, "", "inspect", container).stdout()).contains("\"exitCode\" : 0");
        assertThat(ctl(node, "", "pods").stdout()).contains("verbs", "READY", "wasm");
        assertThat(ctl(node, "", "rmp", "-f", pod).exitCode()).isZero();
        assertThat(ctl(node, "", "pods", "-q", "--no-trunc").stdout()).doesNotContain(pod);
    }

    @OnEveryContainerd
    void execPassesInputOutputErrorsAndTheExitCodeOn(Node node) {
        try (var pod = AppKernelPods.run(node)) {
            var container = Busybox.shell(pod, "echo up; sleep 1000").awaitLine("up");
            var script = Busybox.shell("read -r line; echo \"got $line\"; echo no >&2; exit 9");

            var arguments = new ArrayList<>(List.of("exec", "-i", container.id(), "--"));
            arguments.addAll(script);
            var ended = ctl(node, "words\n", arguments.toArray(String[]::new));

            assertThat(ended.stdout()).isEqualTo("got words\n");
            assertThat(ended.stderr()).contains("no\n");
            assertThat(ended.exitCode()).isEqualTo(9);
            assertThat(ctl(node, "", "exec", container.id(), "/nosuch").exitCode()).isEqualTo(125);
        }
    }

    /** containerd passes input on a moment before it passes output: so that is said again. */
    @OnEveryContainerd
    void attachConnectsToTheFirstProcess(Node node) {
        var script =
                "echo up; read -r line; for i in 1 2 3 4 5 6 7 8; do echo \"got $line\"; sleep 0.3; done";
        try (var pod = AppKernelPods.run(node)) {
            var container =
                    pod.start(
                            "busybox",
                            config -> config.setStdin(true).addAllCommand(Busybox.shell(script)));
            container.awaitLine("up");

            var ended = ctl(node, "words\n", "attach", "-i", container.id());

            assertThat(ended.stdout()).contains("got words\n");
            assertThat(ended.exitCode()).isZero();
            assertThat(container.awaitExitCode()).isZero();
        }
    }

    @OnEveryContainerd
    void aPortOfAPodCanBeHadOnLoopback(Node node) throws Exception {
        try (var pod = Pod.run(node);
                var served = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var command = command(node, "port-forward", pod.id(), "0:" + served.getLocalPort());
            Process forwarding = new ProcessBuilder(command).start();
            try (var said = forwarding.inputReader()) {
                var words = said.readLine().split("[: ]", -1);
                int port = Integer.parseInt(words[2]);
                try (var client = new Socket(InetAddress.getLoopbackAddress(), port);
                        var server = served.accept()) {
                    client.getOutputStream().write("ping".getBytes(StandardCharsets.US_ASCII));
                    assertThat(server.getInputStream().readNBytes(4)).asString().isEqualTo("ping");
                    server.getOutputStream().write("pong".getBytes(StandardCharsets.US_ASCII));
                    assertThat(client.getInputStream().readNBytes(4)).asString().isEqualTo("pong");
                    server.shutdownOutput();
                    assertThat(client.getInputStream().read()).isEqualTo(-1);
                }
            } finally {
                forwarding.destroyForcibly().waitFor();
            }
        }
    }

    private static Command.Ended ctl(Node node, String input, String... arguments) {
        return Command.end(input, command(node, arguments));
    }

    private static List<String> command(Node node, String... arguments) {
        var command = new ArrayList<>(List.of(PROGRAM));
        command.addAll(List.of(arguments));
        command.addAll(2, List.of("--runtime-endpoint", node.cri().endpoint().toString()));
        return command;
    }

    @OnEveryContainerd
    void stateShowsWhatTheDaemonHasWrittenDown(Node node) {
        try (var pod = Pod.run(node)) {
            pod.start("spin").awaitLine("spinning");

            assertThat(state(node, "list").lines())
                    .filteredOn(line -> line.contains(pod.id()))
                    .singleElement()
                    .asString()
                    .contains("e2e/pod-", "running");
            assertThat(state(node, "show", pod.id())).contains("record.pod.namespace");
        }
    }

    private static String state(Node node, String... args) {
        var command = new ArrayList<>(List.of(PROGRAM, "state"));
        command.addAll(List.of(args));
        command.addAll(List.of("--dir", node.stateDirectory().toString()));
        return Command.run(command.toArray(String[]::new));
    }
}
