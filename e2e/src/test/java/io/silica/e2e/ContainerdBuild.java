// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The programs of one version of containerd.
 *
 * @param programs the directory that holds containerd and ctr
 * @param version as it names itself: 2.3.7
 */
record ContainerdBuild(Path programs, String version) {
    /** Those that {@code -Dsilica.containerds} names; scripts/test-e2e does. */
    static List<ContainerdBuild> all() {
        String directories = System.getProperty("silica.containerds", "");
        if (directories.isEmpty()) {
            throw new IllegalStateException(
                    "-Dsilica.containerds names no containerd; run scripts/test-e2e, which gets some");
        }
        return Arrays.stream(directories.split(":", -1))
                .map(Path::of)
                .map(ContainerdBuild::in)
                .toList();
    }

    /** The one of the highest version. */
    static ContainerdBuild newest() {
        return all().stream()
                .max(
                        Comparator.comparing(
                                build -> Version.parse(build.version().replaceFirst("^v", ""))))
                .orElseThrow();
    }

    private static ContainerdBuild in(Path programs) {
        // containerd github.com/containerd/containerd/v2 2.3.7 <commit>
        String says = Command.run(programs.resolve("containerd").toString(), "--version");
        return new ContainerdBuild(programs, says.strip().split(" ", 4)[2]);
    }

    /** Whether it asks the sandboxer for pods' figures; earlier ones read the pods' cgroups. */
    boolean asksForPodFigures() {
        return minor() >= 4;
    }

    /** Whether a container's configuration has its stop signal; for earlier ones its image has. */
    boolean takesStopSignals() {
        return minor() >= 3;
    }

    /** Whether it tells a sandboxer of a pod's changed limits. */
    boolean updatesPods() {
        return minor() >= 3;
    }

    private int minor() {
        return Integer.parseInt(version.replaceFirst("^v?\\d+\\.(\\d+).*", "$1"));
    }
}
