// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriException;
import io.silica.proto.cri.ContainerConfig;
import io.silica.proto.cri.ContainerMetadata;
import io.silica.proto.cri.DNSConfig;
import io.silica.proto.cri.ImageSpec;
import io.silica.proto.cri.LinuxContainerResources;
import io.silica.proto.cri.LinuxPodSandboxConfig;
import io.silica.proto.cri.LinuxSandboxSecurityContext;
import io.silica.proto.cri.NamespaceMode;
import io.silica.proto.cri.NamespaceOption;
import io.silica.proto.cri.PodSandboxConfig;
import io.silica.proto.cri.PodSandboxMetadata;
import io.silica.proto.cri.PodSandboxState;
import io.silica.proto.cri.PodSandboxStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A pod on a node; closing it removes it with its containers. */
final class Pod implements AutoCloseable {
    private static final String HANDLER = "wasm";
    private static final String OWNER = "owner";

    private final Node node;
    private final PodSandboxConfig config;
    private final String id;
    private final AtomicInteger attempts = new AtomicInteger();
    private boolean removed;

    private Pod(Node node, PodSandboxConfig config, String id) {
        this.node = node;
        this.config = config;
        this.id = id;
    }

    /** Runs a pod on the host's network. */
    static Pod run(Node node) {
        return run(node, Pod::onHostNetwork);
    }

    /** Runs a pod with a network namespace and an address of its own. */
    static Pod runWithAddress(Node node) {
        return run(node, Pod::withAddress);
    }

    /** Runs a pod on the host's network under another runtime handler. */
    static Pod runAs(String handler, Node node) {
        return run(node, handler, Pod::onHostNetwork);
    }

    /** Runs a pod under another runtime handler, changed as {@code change} does. */
    static Pod runAs(String handler, Node node, UnaryOperator<PodSandboxConfig.Builder> change) {
        return run(node, handler, change);
    }

    /** Runs a pod that differs from one with an address of its own by what {@code change} does. */
    static Pod run(Node node, UnaryOperator<PodSandboxConfig.Builder> change) {
        return run(node, HANDLER, change);
    }

    private static Pod run(
            Node node, String handler, UnaryOperator<PodSandboxConfig.Builder> change) {
        String name = "pod-" + UUID.randomUUID();
        var config =
                PodSandboxConfig.newBuilder()
                        .setMetadata(
                                PodSandboxMetadata.newBuilder()
                                        .setName(name)
                                        .setNamespace("e2e")
                                        .setUid(name))
                        .setLogDirectory(node.directory().resolve("logs/" + name).toString())
                        .setDnsConfig(DNSConfig.newBuilder().addServers("192.0.2.53"))
                        .setLinux(
                                LinuxPodSandboxConfig.newBuilder()
                                        .setCgroupParent("/" + node.cgroups().name() + "/" + name));
        PodSandboxConfig asked = change.apply(config).build();
        makeDirectory(Path.of(asked.getLogDirectory()));
        return new Pod(node, asked, node.cri().runPod(asked, handler));
    }

    /** containerd makes none. */
    private static void makeDirectory(Path logs) {
        try {
            Files.createDirectories(logs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PodSandboxConfig.Builder withAddress(PodSandboxConfig.Builder config) {
        return config.setHostname("e2e-pod");
    }

    static PodSandboxConfig.Builder onHostNetwork(PodSandboxConfig.Builder config) {
        var options = NamespaceOption.newBuilder().setNetwork(NamespaceMode.NODE);
        config.getLinuxBuilder()
                .setSecurityContext(
                        LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(options));
        return config;
    }

    /** Says whose pod it is, so that {@link #removeOf} finds it. */
    static PodSandboxConfig.Builder of(String owner, PodSandboxConfig.Builder config) {
        return config.putLabels(OWNER, owner);
    }

    /** Removes all pods of an owner, those as well whose making is not known to have succeeded. */
    static void removeOf(String owner, CriClient cri) {
        for (var pod : cri.pods()) {
            if (owner.equals(pod.getLabelsMap().get(OWNER))) {
                cri.stopPod(pod.getId());
                cri.removePod(pod.getId());
            }
        }
    }

    String id() {
        return id;
    }

    PodSandboxStatus status() {
        return cri().podStatus(id);
    }

    boolean isReady() {
        return status().getState() == PodSandboxState.SANDBOX_READY;
    }

    /** Waits until containerd knows that it is ready: it dials a daemon again after a second. */
    void awaitFound() {
        Until.holds("containerd finding the daemon again", this::isFound);
    }

    private boolean isFound() {
        try {
            return isReady();
        } catch (CriException _) {
            return false;
        }
    }

    /** Starts a container of an example's image with arguments. */
    PodContainer start(String example, String... args) {
        return start(example, config -> config.addAllArgs(List.of(args)));
    }

    /** Starts a container of an example's image, changed as {@code change} does. */
    PodContainer start(String example, UnaryOperator<ContainerConfig.Builder> change) {
        PodContainer container = create(example, change);
        container.start();
        return container;
    }

    /** Creates a container of an example's image and does not start it. */
    PodContainer create(String example, UnaryOperator<ContainerConfig.Builder> change) {
        String name = example + "-" + attempts.getAndIncrement();
        var container =
                ContainerConfig.newBuilder()
                        .setMetadata(ContainerMetadata.newBuilder().setName(name))
                        .setImage(
                                ImageSpec.newBuilder()
                                        .setImage("docker.io/silica/" + example + ":1"))
                        .setLogPath(name + ".log");
        String containerId = cri().createContainer(id, change.apply(container).build(), config);
        return new PodContainer(
                cri(), containerId, Path.of(config.getLogDirectory(), name + ".log"));
    }

    void update(LinuxContainerResources resources) {
        cri().updatePod(id, resources);
    }

    /** Stops the pod, as kubelets do before they remove it. */
    void stop() {
        cri().stopPod(id);
    }

    void remove() {
        removed = true;
        cri().removePod(id);
    }

    boolean isRemoved() {
        return removed;
    }

    /** Whoever was killed by a test may not be found yet: a kubelet asks again, too. */
    @Override
    public void close() {
        if (!removed) {
            new Patience().run(this::stop);
            new Patience().run(this::remove);
        }
    }

    private CriClient cri() {
        return node.cri();
    }
}
