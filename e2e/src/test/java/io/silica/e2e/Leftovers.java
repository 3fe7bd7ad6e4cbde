// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.ctl.cri.CriClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What pods leave on a node after they were removed: nothing. */
final class Leftovers {
    private Leftovers() {}

    /** Asserts that none are left; some things go away a moment after CRI has answered. */
    static void assertNone(Node node) {
        assertThat(node.cri().pods()).as("pods").isEmpty();
        assertThat(node.cri().containers()).as("containers").isEmpty();
        Until.passes(() -> {
            assertThat(records(node)).as("state records").isEmpty();
            assertThat(mounts(node)).as("mounts").isEmpty();
            assertThat(files(node.directory().resolve("state/netns"))).as("netns").isEmpty();
            assertThat(node.cgroups().belowPods()).as("cgroups").isEmpty();
            assertThat(fifos(node)).as("open FIFOs").isEmpty();
            assertThat(strangers(node)).as("processes").isEmpty();
            assertThat(AppKernelPods.sentries(node)).as("sentries").isEmpty();
            assertThat(files(node.directory().resolve(AppKernelPods.KIND).resolve("gvisor")))
                    .as("files of pods on gVisor")
                    .isEmpty();
            assertThat(node.sandboxer().held())
                    .as(() -> "connections held, of\n  " + node.sandboxer().connections("  "))
                    .isZero();
        });
    }

    /** Removes all pods, those of a test that failed. */
    static void removePods(CriClient cri) {
        cri.pods()
                .forEach(pod -> {
                    cri.stopPod(pod.getId());
                    cri.removePod(pod.getId());
                });
    }

    private static List<Path> records(Node node) throws IOException {
        return files(node.records()).stream().filter(f -> f.toString().endsWith(".json")).toList();
    }

    private static List<String> mounts(Node node) throws IOException {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return mounts.map(line -> line.split(" ", 6)[4])
                    .filter(target -> target.startsWith(node.directory() + "/"))
                    .toList();
        }
    }

    /** containerd removes those of a container with it; who has them open keeps them. */
    private static List<String> fifos(Node node) {
        return node.sandboxer().processes().stream()
                .flatMap(process -> OpenFiles.of(process).stream())
                .filter(file -> file.startsWith(node.directory().resolve("state") + "/"))
                .toList();
    }

    /**
     * Of what the supervisor has started, or adopted, only the daemon and workers stay, and what
     * has confined these and waits for them.
     */
    private static List<ProcessHandle> strangers(Node node) {
        var workers = node.workers();
        return node.sandboxer().processes().stream()
                .filter(process -> !node.sandboxer().isOwn(process) && !workers.contains(process))
                .filter(process -> process.children().noneMatch(workers::contains))
                .toList();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }
}
