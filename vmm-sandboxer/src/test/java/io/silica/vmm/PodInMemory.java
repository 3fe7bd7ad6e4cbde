// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.FileTree;
import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Sandboxer;
import io.silica.sandbox.Stdio;
import io.silica.server.contract.Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;

/** A pod on a machine in memory, in one life of a daemon after the other. */
final class PodInMemory implements AutoCloseable {
    static final SandboxId POD = new SandboxId("pod");
    static final ContainerId ID = new ContainerId("c1");

    private final Path directory;
    private final FakeVmmKind kind = new FakeVmmKind();
    private Sandboxer sandboxer;
    private Sandbox sandbox;
    private int adopted;

    PodInMemory(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory.resolve("image"));
        this.sandboxer = kind.sandboxer(directory.resolve("kind"));
        this.sandbox = sandboxer.create(spec());
        sandbox.start();
    }

    static SandboxSpec spec() {
        return new SandboxSpec(
                POD,
                new PodIdentity("pod", "tests", "1", 0),
                "",
                new SandboxNetwork.Host(),
                new DnsConfig(List.of(), List.of(), List.of()),
                Optional.empty(),
                PodResources.UNLIMITED,
                Map.of(),
                Map.of(),
                "vmm");
    }

    Sandbox sandbox() {
        return sandbox;
    }

    FakeGuest guest() {
        return kind.survivors().guests().values().iterator().next();
    }

    Container create(Stdio stdio, String... args) {
        return sandbox.createContainer(
                config(directory.resolve("image"), stdio, List.of(), args), () -> {});
    }

    Container create(List<MountSpec> mounts, String... args) {
        return sandbox.createContainer(
                config(directory.resolve("image"), Stdio.NONE, mounts, args), () -> {});
    }

    static ContainerProcess exec(Container container, Stdio stdio, String... args) {
        var process =
                new ProcessSpec(
                        List.of(args), List.of("PATH=/bin"), "/", ProcessSpec.User.ROOT, false);
        return container.exec(new ExecConfig(new ExecId("e1"), process, stdio));
    }

    /** A container with mounts. */
    static ContainerConfig config(Path image, Stdio stdio, List<MountSpec> mounts, String... args) {
        var arguments = List.of(args);
        var document = Bundle.spec(POD.value(), arguments);
        var nodes = (ArrayNode) document.path("mounts");
        for (var mount : mounts) {
            nodes.addObject()
                    .put("destination", mount.destination())
                    .put("type", mount.type())
                    .put("source", mount.source());
        }
        var process =
                new ProcessSpec(arguments, List.of("PATH=/bin"), "/", ProcessSpec.User.ROOT, false);
        var spec =
                new OciSpec(
                        process,
                        false,
                        Optional.empty(),
                        mounts,
                        Map.of(),
                        Optional.empty(),
                        Resources.UNLIMITED,
                        document.toString());
        return new ContainerConfig(ID, POD, image, image, spec, stdio);
    }

    /** The daemon dies, and the next one finds the container running. */
    Container nextLife(Stdio stdio) {
        nextLife();
        return found(stdio);
    }

    /** The same, where the one that dies is of an earlier release. */
    Container nextRelease() {
        nextLife(this::moveBeside);
        return found(Stdio.NONE);
    }

    /** Its guests dialled a socket beside the one that is called like our directory. */
    private void moveBeside() {
        var places = PodPlaces.of(directory.resolve("kind"), POD);
        var beside = places.directory().resolve("vsock_5000");
        try {
            FileTree.remove(places.directory().resolve("vsock"));
            Files.createFile(places.directory().resolve("vsock"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        guest().dials(beside);
    }

    private Container found(Stdio stdio) {
        var former =
                new FormerContainer(
                        ID,
                        new FormerProcess(1, stdio, new ProcessState.Running()),
                        Map.of(),
                        () -> {});
        List<AdoptedContainer> found = sandbox.adoptContainers(List.of(former));
        adopted = found.size();
        return found.getFirst().container();
    }

    /** How many containers the last life has found. */
    int adopted() {
        return adopted;
    }

    /** The daemon dies, and the next one finds the pod. */
    void nextLife() {
        nextLife(() -> {});
    }

    private void nextLife(Runnable between) {
        var identity = sandbox.identity();
        sandboxer.close();
        between.run();
        sandboxer = kind.sandboxer(directory.resolve("kind"));
        sandbox = sandboxer.adopt(spec(), identity, true).orElseThrow();
    }

    Path fifo(String name) throws IOException, InterruptedException {
        var fifo = directory.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        return fifo;
    }

    @Override
    public void close() {
        sandbox.close();
        sandboxer.close();
        kind.cleanUp();
    }
}
