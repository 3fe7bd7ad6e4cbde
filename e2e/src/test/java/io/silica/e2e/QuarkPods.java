// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Pods on what stands in for Quark. Quark has the places written into it where it looks for things:
 * the daemon is started where these are there, and nobody else sees them.
 */
final class QuarkPods {
    static final String HANDLER = "quark";

    private static final Path STAND_IN =
            Repository.directory("appkernel-sandboxer/target").resolve(HANDLER);

    private static final String INSTALLED =
            """
            set -e
            mount -t overlay -o "lowerdir=$0/etc:/etc" etc /etc
            mount --bind "$0/bin" /usr/local/bin
            mount --bind "$0/log" /var/log
            mount --bind /dev/null /dev/kvm
            exec "$@"
            """;

    private QuarkPods() {}

    /** Starts the node's sandboxer for pods on application kernels beside it, unless it runs. */
    static void begin(Node node) {
        assumeTrue(Files.isExecutable(STAND_IN), "no stand-in for Quark: it is built with C");
        assumeTrue(Files.exists(Path.of("/dev/kvm")), "no /dev/kvm to mount something on");
        if (!node.appkernel().isStarted()) {
            try {
                var installed = install(node.directory().resolve(HANDLER));
                node.appkernel(
                        List.of("unshare", "--mount", "sh", "-c", INSTALLED, installed.toString()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            AppKernelPods.begin(node);
        }
    }

    private static Path install(Path place) throws IOException {
        var bin = Files.createDirectories(place.resolve("bin"));
        Files.createDirectories(place.resolve("log/quark"));
        Files.writeString(
                Files.createDirectories(place.resolve("etc/quark")).resolve("config.json"),
                "{\"ShimMode\": false, \"Sandboxed\": true}");
        Files.createFile(bin.resolve("qkernel.bin"));
        Files.createFile(bin.resolve("vdso.so"));
        var program =
                Files.writeString(
                        AppKernelPods.quark(place.resolveSibling("")),
                        "#!/bin/sh\nQUARK_COMPLAINTS=%s exec %s \"$@\"\n"
                                .formatted(complaints(place), STAND_IN));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return place;
    }

    /** What was not as Quark's sources want it. */
    static List<String> complaints(Node node) throws IOException {
        var file = complaints(node.directory().resolve(HANDLER));
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static Path complaints(Path place) {
        return place.resolve("complaints");
    }
}
