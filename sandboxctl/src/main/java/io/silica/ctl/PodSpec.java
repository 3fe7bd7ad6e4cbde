// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cri.ConfigFile;
import io.silica.proto.cri.ContainerConfig;
import io.silica.proto.cri.PodSandboxConfig;
import java.nio.file.Path;

/**
 * A pod with one container, as the files ask for it.
 *
 * @param handler the runtime handler; empty for containerd's default
 */
record PodSpec(PodSandboxConfig pod, ContainerConfig container, String handler) {
    static PodSpec read(Path podFile, Path containerFile, String handler) {
        return new PodSpec(
                ConfigFile.readPod(podFile), ConfigFile.readContainer(containerFile), handler);
    }

    /** Whether the files say where the container's log goes; CRI keeps no log otherwise. */
    boolean hasLog() {
        return !pod.getLogDirectory().isEmpty() && !container.getLogPath().isEmpty();
    }

    /** The same with its log in that directory. */
    PodSpec withLogIn(Path directory) {
        return new PodSpec(
                pod.toBuilder().setLogDirectory(directory.toString()).build(),
                container.toBuilder()
                        .setLogPath(container.getMetadata().getName() + ".log")
                        .build(),
                handler);
    }

    /** Where the container's log goes. Precondition: it {@link #hasLog() has one}. */
    Path log() {
        return Path.of(pod.getLogDirectory()).resolve(container.getLogPath());
    }
}
