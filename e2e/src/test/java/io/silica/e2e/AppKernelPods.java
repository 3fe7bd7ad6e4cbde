// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.proto.cri.PodSandboxConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Pods on gVisor: a node's appkernel-sandboxer is started when the first one is wanted, and runs
 * until the node is closed.
 */
final class AppKernelPods {
    static final String KIND = "appkernel";

    private AppKernelPods() {}

    /** Runs a pod on the host's network. */
    static Pod run(Node node) {
        return run(node, Pod::onHostNetwork);
    }

    /** Runs a pod that is changed as {@code change} does. */
    static Pod run(Node node, UnaryOperator<PodSandboxConfig.Builder> change) {
        begin(node);
        return Pod.runAs(KIND, node, change);
    }

    /** Runs a pod whose containers have streams in the place of FIFOs. */
    static Pod runStreamed(Node node) {
        begin(node);
        return Pod.runAs(KIND + "-streaming", node);
    }

    /** Whether there is what they need. */
    static boolean canRun() {
        return Files.isExecutable(Busybox.program("runsc")) && Busybox.isThere();
    }

    /** Starts the node's sandboxer for them, unless it runs. */
    static void begin(Node node) {
        assumeTrue(canRun(), "no runsc and busybox: scripts/program-get gets them");
        if (!node.appkernel().isStarted()) {
            try {
                configure(node.directory());
                node.appkernel().start();
                awaitTrial(node.directory());
                node.appkernel().greet();
                Busybox.importInto(node);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** It takes what processors there are. */
    private static void awaitTrial(Path directory) {
        Until.holds(
                "the trial of runsc",
                () -> {
                    try (Stream<Path> kept = Files.list(directory.resolve(KIND + "/probed"))) {
                        return kept.anyMatch(Files::isRegularFile);
                    } catch (IOException _) {
                        return false; // It has not begun.
                    }
                });
    }

    private static void configure(Path directory) throws IOException {
        Files.writeString(
                directory.resolve(KIND + ".toml"),
                """
                [limits]
                claim-within = "15s"
                [containerd]
                address = "%s/containerd.sock.ttrpc"
                [gvisor]
                program = "%s"
                [quark]
                program = "%s"
                """
                        .formatted(
                                directory,
                                Busybox.program("runsc").toRealPath(),
                                quark(directory)));
    }

    /** Where a node's Quark is, if it has one. */
    static Path quark(Path directory) {
        return directory.resolve("quark-program");
    }

    /** The process that a pod's system calls are answered by. */
    static ProcessHandle sentry(Node node, Pod pod) {
        return sentries(node).stream()
                .filter(process -> arguments(process).anyMatch("runsc-sandbox"::equals))
                .filter(process -> isOf(process, pod))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isOf(ProcessHandle process, Pod pod) {
        var root = arguments(process).filter(it -> it.startsWith("--root=")).findFirst();
        try {
            var owner = Path.of(root.orElseThrow().substring("--root=".length()));
            return Files.readString(owner.resolveSibling("id")).equals(pod.id());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The processes of all sentries of a node, and what serves them files. */
    static List<ProcessHandle> sentries(Node node) {
        var root = "--root=" + node.directory().resolve(KIND).resolve("gvisor");
        return ProcessHandle.allProcesses()
                .filter(process -> arguments(process).anyMatch(it -> it.startsWith(root)))
                .toList();
    }

    /** Java itself gives none of a process that has replaced its own. */
    private static Stream<String> arguments(ProcessHandle process) {
        try {
            var line = Files.readString(Path.of("/proc/%d/cmdline".formatted(process.pid())));
            return Stream.of(line.split("\0", -1));
        } catch (IOException _) {
            return Stream.empty();
        }
    }
}
