// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.ctl.cri.CriClient;
import java.io.IOException;
import java.io.UncheckedIOException;
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
            assertThat(mounts(node)).as("mounts").isEmpty();
            assertThat(files(node.directory().resolve("state/netns"))).as("netns").isEmpty();
            assertThat(node.cgroups().belowPods()).as("cgroups").isEmpty();
            assertThat(AppKernelPods.sentries(node)).as("sentries").isEmpty();
            assertThat(files(node.directory().resolve(AppKernelPods.KIND).resolve("gvisor")))
                    .as("files of pods on gVisor")
                    .isEmpty();
            assertThat(files(node.directory().resolve(AppKernelPods.KIND).resolve("quark")))
                    .as("files of pods on Quark")
                    .isEmpty();
            for (var sandboxer : node.sandboxers()) {
                assertNone(node, sandboxer);
            }
        });
    }

    private static void assertNone(Node node, Sandboxer sandboxer) throws IOException {
        assertThat(records(sandboxer)).as("state records").isEmpty();
        assertThat(fifos(node, sandboxer)).as("open FIFOs").isEmpty();
        assertThat(strangers(node, sandboxer)).as("processes").isEmpty();
        assertThat(sandboxer.held())
                .as(() -> "connections held, of\n  " + sandboxer.connections("  "))
                .isZero();
    }

    /** Removes all pods, those of a test that failed. */
    static void removePods(CriClient cri) {
        cri.pods()
                .forEach(pod -> {
                    cri.stopPod(pod.getId());
                    cri.removePod(pod.getId());
                });
    }

    private static List<Path> records(Sandboxer sandboxer) throws IOException {
        return files(sandboxer.records()).stream()
                .filter(f -> f.toString().endsWith(".json"))
                .toList();
    }

    /** Those below the node's directory. */
    static List<String> mounts(Node node) {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return mounts.map(line -> line.split(" ", 6)[4])
                    .filter(target -> target.startsWith(node.directory() + "/"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** containerd removes those of a container with it; who has them open keeps them. */
    private static List<String> fifos(Node node, Sandboxer sandboxer) {
        return sandboxer.processes().stream()
                .flatMap(process -> OpenFiles.of(process).stream())
                .filter(file -> file.startsWith(node.directory().resolve("state") + "/"))
                .toList();
    }

    /**
     * Of what the supervisor has started, or adopted, only the daemon and workers stay, and what
     * has confined these and waits for them.
     */
    private static List<ProcessHandle> strangers(Node node, Sandboxer sandboxer) {
        var workers = node.workers();
        return sandboxer.processes().stream()
                .filter(process -> !sandboxer.isOwn(process) && !workers.contains(process))
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
