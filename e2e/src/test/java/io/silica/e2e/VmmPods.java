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

/**
 * Pods that are virtual machines: a node's vmm-sandboxer is started when the first one is wanted,
 * and runs until the node is closed. Guests are emulated: no KVM is needed, and a boot takes
 * seconds.
 */
final class VmmPods {
    static final String KIND = "vmm";
    static final String QEMU_NAME = "qemu-system-x86_64";

    /** As it is started, by a descriptor. */
    static final String VSOCK_NAME = "/proc/self/fd/3";

    private static final Path QEMU = Path.of("/usr/bin", QEMU_NAME);
    private static final Path VIRTIOFSD = Path.of("/usr/lib/qemu/virtiofsd");

    private VmmPods() {}

    /** Runs a pod with an address. */
    static Pod run(Node node) {
        return run(node, UnaryOperator.identity());
    }

    /** The same, changed. */
    static Pod run(Node node, UnaryOperator<PodSandboxConfig.Builder> change) {
        begin(node);
        return Pod.runAs(KIND, node, config -> change.apply(Pod.withAddress(config)));
    }

    /** Starts the node's sandboxer for them, unless it runs. */
    static void begin(Node node) {
        assumeTrue(
                Files.isExecutable(QEMU)
                        && Files.isExecutable(VIRTIOFSD)
                        && Files.isExecutable(Busybox.program("vhost-device-vsock"))
                        && Busybox.isThere(),
                "no QEMU, or no vhost-device-vsock: scripts/install-missing guest and scripts/program-get get them");
        assumeTrue(
                Files.isReadable(image().resolve("manifest.json")),
                "no guest image: guest-image/build makes it");
        if (!node.vmm().isStarted()) {
            try {
                configure(node.directory());
                node.vmm().start();
                node.vmm().greet();
                Busybox.importInto(node);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
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
                                Busybox.program("vhost-device-vsock").toRealPath(),
                                image().toRealPath()));
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
