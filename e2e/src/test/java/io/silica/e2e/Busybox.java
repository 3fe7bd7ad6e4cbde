// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.examples.ExampleImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Containers of an image that has a busybox and nothing else, for kinds that run ordinary ones. */
final class Busybox {
    private static final String NAME = "busybox";

    private Busybox() {}

    /** Starts a container that runs a shell script. */
    static PodContainer shell(Pod pod, String script) {
        return pod.start(NAME, config -> config.addAllCommand(shell(script)));
    }

    /** Creates one that will run a shell script, and does not start it. */
    static PodContainer create(Pod pod, String script) {
        return pod.create(NAME, config -> config.addAllCommand(shell(script)));
    }

    /** The command of a shell script. */
    static List<String> shell(String script) {
        return List.of("/bin/busybox", "sh", "-c", script);
    }

    static boolean isThere() {
        return Files.isExecutable(program(NAME));
    }

    /** Where scripts/test-e2e says that programs of packages are. */
    static Path program(String name) {
        return Path.of(System.getProperty("silica.programs", ""), name);
    }

    /** Gives it to a node's containerd. */
    static void importInto(Node node) throws IOException, InterruptedException {
        var tar = node.directory().resolve(NAME + ".tar");
        new ExampleImage(
                        "docker.io/silica/" + NAME + ":1",
                        List.of(),
                        Map.of("/bin/busybox", Files.readAllBytes(program(NAME))))
                .writeTar(tar);
        node.importImage(tar);
    }
}
