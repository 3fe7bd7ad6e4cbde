// SPDX-License-Identifier: Apache-2.0
package io.silica.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a machine needs to be booted here, and where it is. */
record Requirements(Path image, Path qemu, Path vsock, Path virtiofsd, Path busybox) {
    static Requirements here() {
        var cache =
                System.getenv()
                        .getOrDefault(
                                "SILICA_CACHE", System.getProperty("user.home") + "/.cache/silica");
        var programs = Path.of(cache, "programs");
        return new Requirements(
                Path.of("target/image").toAbsolutePath(),
                Path.of("/usr/bin/qemu-system-x86_64"),
                programs.resolve("vhost-device-vsock"),
                Path.of("/usr/lib/qemu/virtiofsd"),
                programs.resolve("busybox"));
    }

    /** Each file, and how to get it. */
    private Map<Path, String> files() {
        return Map.of(
                image.resolve("manifest.json"),
                "make guest-image",
                qemu,
                "scripts/install-missing guest",
                virtiofsd,
                "scripts/install-missing guest",
                vsock,
                "scripts/program-get vhost-device-vsock",
                busybox,
                "scripts/program-get busybox");
    }

    /** Skips the tests if something is missing, and says what. */
    static final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (!isRoot()) {
                return ConditionEvaluationResult.disabled("virtiofsd needs root");
            }
            for (var file : here().files().entrySet()) {
                if (!Files.exists(file.getKey())) {
                    return ConditionEvaluationResult.disabled(
                            "no " + file.getKey().getFileName() + ": " + file.getValue());
                }
            }
            return ConditionEvaluationResult.enabled("all is there");
        }

        private static boolean isRoot() {
            try {
                return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
