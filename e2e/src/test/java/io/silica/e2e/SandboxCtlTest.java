// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
