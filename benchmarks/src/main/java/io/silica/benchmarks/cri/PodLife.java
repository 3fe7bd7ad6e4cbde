// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.ContainerConfig;
import io.silica.proto.cri.ContainerMetadata;
import io.silica.proto.cri.ContainerState;
import io.silica.proto.cri.ImageSpec;
import io.silica.proto.cri.LinuxPodSandboxConfig;
import io.silica.proto.cri.LinuxSandboxSecurityContext;
import io.silica.proto.cri.NamespaceMode;
import io.silica.proto.cri.NamespaceOption;
import io.silica.proto.cri.PodSandboxConfig;
import io.silica.proto.cri.PodSandboxMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A pod on the host's network with one container, from its creation to its removal; each life is
 * lived once and timed.
 */
final class PodLife {
    private static final String LOG = "container.log";

    private final CriClient cri;
    private final Handler handler;
    private final PodSandboxConfig pod;
    private final Map<Step, Duration> times = new EnumMap<>(Step.class);
    private String id = "";
    private String container = "";

    PodLife(CriClient cri, Handler handler, String name, Path logs) {
        this.cri = cri;
        this.handler = handler;
        this.pod = pod(name, logs.resolve(name));
    }

    /** Lives it with a container that ends by itself, and gives how long each step took. */
    Map<Step, Duration> times() throws IOException, InterruptedException {
        begin();
        awaitExit();
        return end();
    }

    /** The first part of it: returns when the container's first line is there. */
    void begin() throws IOException, InterruptedException {
        var logs = Files.createDirectories(Path.of(pod.getLogDirectory()));
        try (var firstLine = FirstLine.of(logs, LOG)) {
            long begun = System.nanoTime();
            id = cri.runPod(pod, handler.name());
            long ran = since(Step.RUN_POD, begun);
            container = cri.createContainer(id, container(), pod);
            long created = since(Step.CREATE, ran);
            cri.startContainer(container);
            since(Step.START, created);
            long seen = firstLine.awaitNanos();
            times.put(Step.FIRST_LINE, Duration.ofNanos(seen - created));
            times.put(Step.TOTAL, Duration.ofNanos(seen - begun));
        }
    }

    /** Adds a process to the container and waits for its end, which has to be 0. */
    void exec(String... command) throws IOException {
        if (cri.exec(container, List.of(command)).getExitCode() != 0) {
            throw new IOException("a process of container " + container + " did not end with 0");
        }
    }

    /** The rest of it, and how long each step took. */
    Map<Step, Duration> end() {
        timed(Step.STOP_POD, () -> cri.stopPod(id));
        timed(Step.REMOVE_POD, () -> cri.removePod(id));
        return times;
    }

    private long since(Step step, long begun) {
        long now = System.nanoTime();
        times.put(step, Duration.ofNanos(now - begun));
        return now;
    }

    private void timed(Step step, Runnable call) {
        long begun = System.nanoTime();
        call.run();
        since(step, begun);
    }

    /** So that stopping the pod is the same for both: nothing runs in it any more. */
    private void awaitExit() throws InterruptedException {
        while (cri.containerStatus(container).getState() != ContainerState.CONTAINER_EXITED) {
            Thread.sleep(Duration.ofMillis(1));
        }
    }

    private static PodSandboxConfig pod(String name, Path logs) {
        var hostNetwork = NamespaceOption.newBuilder().setNetwork(NamespaceMode.NODE);
        return PodSandboxConfig.newBuilder()
                .setMetadata(
                        PodSandboxMetadata.newBuilder()
                                .setName(name)
                                .setNamespace("benchmark")
                                .setUid(name))
                .setLogDirectory(logs.toString())
                .setLinux(
                        LinuxPodSandboxConfig.newBuilder()
                                .setCgroupParent("/silica-benchmark/" + name)
                                .setSecurityContext(
                                        LinuxSandboxSecurityContext.newBuilder()
                                                .setNamespaceOptions(hostNetwork)))
                .build();
    }

    private ContainerConfig container() {
        return ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder().setName("container"))
                .setImage(ImageSpec.newBuilder().setImage(handler.image()))
                .addAllArgs(handler.arguments())
                .setLogPath(LOG)
                .build();
    }
}
