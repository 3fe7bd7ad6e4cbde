// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.appkernel.GvisorKind;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.linux.NetworkNamespace;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Stdio;
import io.silica.server.contract.Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A pod on gVisor, with the host's network if nothing else is said, and no daemon around it. */
final class PodOfOne implements AutoCloseable {
    private static final SandboxId POD = new SandboxId("pod");

    private final Path directory;
    private final SandboxSpec spec;
    private GvisorKernel kernel;
    private KernelSandbox pod;

    private PodOfOne(Path directory, SandboxNetwork network, Optional<String> cgroupParent)
            throws IOException {
        this.directory = directory;
        this.spec =
                new SandboxSpec(
                        POD,
                        new PodIdentity("pod", "tests", "1", 0),
                        "",
                        network,
                        new DnsConfig(List.of(), List.of(), List.of()),
                        cgroupParent,
                        PodResources.UNLIMITED,
                        Map.of(),
                        Map.of(),
                        "appkernel");
        this.kernel = GvisorKind.kernel(directory.resolve("pods"));
        new GvisorKind().fill(Files.createDirectory(directory.resolve("image")));
        this.pod = kernel.prepare(spec);
        pod.start();
    }

    /** One that runs, with its files there. */
    static PodOfOne start(Path directory) throws IOException {
        return new PodOfOne(directory, new SandboxNetwork.Host(), Optional.empty());
    }

    /** One that has a network namespace. */
    static PodOfOne startIn(NetworkNamespace network, Path directory) throws IOException {
        var path =
                "/proc/%d/fd/%d"
                        .formatted(ProcessHandle.current().pid(), network.descriptor().number());
        return new PodOfOne(
                directory, new SandboxNetwork.Namespace(Path.of(path)), Optional.empty());
    }

    /** One whose cgroup is the child {@code pod} of another. */
    static PodOfOne startIn(String cgroupParent, Path directory) throws IOException {
        return new PodOfOne(directory, new SandboxNetwork.Host(), Optional.of(cgroupParent));
    }

    KernelSandbox pod() {
        return pod;
    }

    PodPlaces places() {
        return PodPlaces.of(directory.resolve("pods"), POD);
    }

    /** The daemon dies, and what follows happens without one. */
    void die() {
        kernel.close();
    }

    /** The next life finds its containers. */
    List<KernelContainer> live() {
        kernel = GvisorKind.kernel(directory.resolve("pods"));
        pod = kernel.find(spec, true).orElseThrow();
        return pod.containers();
    }

    KernelContainer create(String id, Stdio stdio, String... args) {
        return create(id, Resources.UNLIMITED, stdio, args);
    }

    /** One that may use only so much memory. */
    KernelContainer create(String id, long memoryBytes, String... args) {
        return create(id, new Resources(memoryBytes, 0, 0, 0), Stdio.NONE, args);
    }

    KernelContainer create(String id, Resources limits, Stdio stdio, String... args) {
        var process = process(stdio, args);
        var json = Bundle.spec("pod", List.of(args));
        json.withObject("process").put("terminal", stdio.terminal());
        return pod.create(
                new ContainerConfig(
                        new ContainerId(id),
                        POD,
                        directory,
                        directory.resolve("image"),
                        new OciSpec(
                                process,
                                false,
                                Optional.empty(),
                                List.of(),
                                Map.of(),
                                Optional.empty(),
                                limits,
                                json.toString()),
                        stdio));
    }

    static ProcessSpec process(Stdio stdio, String... args) {
        return new ProcessSpec(
                List.of(args), List.of("PATH=/bin"), "/", ProcessSpec.User.ROOT, stdio.terminal());
    }

    Path fifo(String name) throws IOException, InterruptedException {
        Path fifo = directory.resolve(name);
        if (new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() != 0) {
            throw new IOException("cannot make " + fifo);
        }
        return fifo;
    }

    /** Reads until what was read ends so. */
    static String readTo(InputStream in, String end) throws IOException {
        var text = new StringBuilder();
        while (!text.toString().endsWith(end)) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the end came instead of \"" + end + "\": " + text);
            }
            text.append((char) next);
        }
        return text.toString();
    }

    static String rest(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        pod.close();
        kernel.close();
    }
}
