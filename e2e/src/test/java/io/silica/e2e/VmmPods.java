// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriEndpoint;
import io.silica.ctl.cri.CriException;
import io.silica.examples.ExampleImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Pods that are virtual machines: a node's vmm-sandboxer is started when the first one is wanted,
 * and runs until the node is closed. Guests are emulated: no KVM is needed, and a boot takes
 * seconds.
 */
final class VmmPods {
    static final String KIND = "vmm";

    private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");
    private static final Path VIRTIOFSD = Path.of("/usr/lib/qemu/virtiofsd");
    private static final String IMAGE = "busybox";

    private VmmPods() {}

    /** Runs a pod with an address. */
    static Pod run(Node node) {
        begin(node);
        return Pod.runAs(KIND, node, Pod::withAddress);
    }

    /** Runs a pod on the host's network, which is refused. */
    static Pod runOnHostNetwork(Node node) {
        begin(node);
        return Pod.runAs(KIND, node, Pod::onHostNetwork);
    }

    /** Starts a container that runs a shell script. */
    static PodContainer shell(Pod pod, String script) {
        return pod.start(IMAGE, config -> config.addAllCommand(shell(script)));
    }

    /** The command of a shell script. */
    static List<String> shell(String script) {
        return AppKernelPods.shell(script);
    }

    private static void begin(Node node) {
        assumeTrue(
                Files.isExecutable(QEMU)
                        && Files.isExecutable(VIRTIOFSD)
                        && Files.isExecutable(program("vhost-device-vsock"))
                        && Files.isExecutable(program("busybox")),
                "no QEMU, or no vhost-device-vsock: scripts/install-missing guest and scripts/program-get get them");
        assumeTrue(
                Files.isReadable(image().resolve("manifest.json")),
                "no guest image: guest-image/build makes it");
        if (!node.vmm().isStarted()) {
            try {
                configure(node.directory());
                node.vmm().start();
                greet(node.directory());
                node.importImage(busybox(node.directory()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
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
                [qemu]
                vsock = "%s"
                accelerator = "tcg"
                [guest]
                image = "%s"
                memory = "192MiB"
                boot-patience = "5m"
                """
                        .formatted(
                                directory,
                                program("vhost-device-vsock").toRealPath(),
                                image().toRealPath()));
    }

    private static Path busybox(Path directory) throws IOException, InterruptedException {
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

    private static Path image() {
        return Path.of(System.getProperty("silica.guest-image", "nowhere"));
    }

    /** What runs of all machines of a node. */
    static List<ProcessHandle> processes(Node node) {
        var mark = node.directory().resolve(KIND).resolve("vm") + "/";
        return ProcessHandle.allProcesses()
                .filter(process -> arguments(process).contains(mark))
                .toList();
    }

    /** Those of a program. */
    static List<ProcessHandle> processes(Node node, String program) {
        return processes(node).stream()
                .filter(it -> arguments(it).split("\0", 2)[0].endsWith(program))
                .toList();
    }

    private static String arguments(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/%d/cmdline".formatted(process.pid())));
        } catch (IOException _) {
            return "";
        }
    }
}
