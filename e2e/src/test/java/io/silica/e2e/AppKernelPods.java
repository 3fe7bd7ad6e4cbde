// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriEndpoint;
import io.silica.ctl.cri.CriException;
import io.silica.examples.ExampleImage;
import io.silica.proto.cri.PodSandboxConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Pods on gVisor: a node's appkernel-sandboxer is started when the first one is wanted, and runs
 * until the node is closed. Their image has a busybox and nothing else.
 */
final class AppKernelPods {
    static final String KIND = "appkernel";

    private static final String IMAGE = "busybox";

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

    /** Starts a container that runs a shell script. */
    static PodContainer shell(Pod pod, String script) {
        return pod.start(IMAGE, config -> config.addAllCommand(shell(script)));
    }

    /** The command of a shell script. */
    static List<String> shell(String script) {
        var command = new ArrayList<String>(List.of("/bin/busybox", "sh", "-c"));
        command.add(script);
        return command;
    }

    private static void begin(Node node) {
        assumeTrue(
                Files.isExecutable(program("runsc")) && Files.isExecutable(program("busybox")),
                "no runsc and busybox: scripts/program-get gets them");
        if (!node.appkernel().isStarted()) {
            try {
                configure(node.directory());
                node.appkernel().start();
                awaitTrial(node.directory());
                greet(node.directory());
                node.importImage(image(node.directory()));
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

    /** A daemon's first greeting takes its time, and containerd gives it a second. */
    private static void greet(Path directory) {
        var socket = new CriEndpoint(Sandboxer.socket(directory, KIND));
        try (var client = new CriClient(socket, Duration.ofMinutes(1))) {
            client.version();
        } catch (CriException _) {
            // It greets, and does not speak CRI.
        }
    }

    private static void configure(Path directory) throws IOException {
        Files.writeString(
                directory.resolve(KIND + ".toml"),
                """
                [containerd]
                address = "%s/containerd.sock.ttrpc"
                [gvisor]
                program = "%s"
                """
                        .formatted(directory, program("runsc").toRealPath()));
    }

    private static Path image(Path directory) throws IOException, InterruptedException {
        var tar = directory.resolve(IMAGE + ".tar");
        new ExampleImage(
                        "docker.io/silica/" + IMAGE + ":1",
                        List.of(),
                        Map.of("/bin/busybox", Files.readAllBytes(program("busybox"))))
                .writeTar(tar);
        return tar;
    }

    /** Where scripts/test-e2e says that they are. */
    private static Path program(String name) {
        return Path.of(System.getProperty("silica.programs", ""), name);
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
