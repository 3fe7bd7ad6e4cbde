// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.QuarkKind;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Stdio;
import io.silica.server.config.LimitsConfig;
import io.silica.server.contract.Bundle;
import io.silica.server.host.BlockingCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A pod on what stands in for Quark, with no daemon around it. It is not started. */
final class QuarkPodOfOne implements AutoCloseable {
    static final SandboxId POD = new SandboxId("pod");

    private final Path directory;
    private final Path image;
    private final StandIn standIn;
    private final SandboxSpec spec;
    private QuarkKernel kernel;
    private KernelSandbox pod;

    QuarkPodOfOne(Path directory, SandboxNetwork network) throws IOException {
        this(
                directory,
                network,
                BlockingCalls.ofSandboxes(
                        LimitsConfig.DEFAULT.blockingCallsPerSandbox(),
                        LimitsConfig.DEFAULT.nativeCallDeadline()));
    }

    QuarkPodOfOne(Path directory, SandboxNetwork network, HostCalls.Factory host)
            throws IOException {
        this.directory = directory;
        this.image = Files.createDirectory(directory.resolve("image"));
        this.standIn = new StandIn(directory.resolve("quark"));
        this.kernel = new QuarkKernel(standIn.config(state()), host);
        new QuarkKind().fill(image);
        this.spec = spec(network);
        this.pod = kernel.prepare(spec);
    }

    static SandboxSpec spec(SandboxNetwork network) {
        return new SandboxSpec(
                POD,
                new PodIdentity("pod", "tests", "1", 0),
                "",
                network,
                new DnsConfig(List.of(), List.of(), List.of()),
                Optional.empty(),
                PodResources.UNLIMITED,
                Map.of(),
                Map.of(),
                "quark");
    }

    Path state() {
        return directory.resolve("pods");
    }

    Path image() {
        return image;
    }

    StandIn standIn() {
        return standIn;
    }

    KernelSandbox pod() {
        return pod;
    }

    KernelContainer create(String id, Stdio stdio, List<MountSpec> mounts, String... args) {
        var json = Bundle.spec("pod", List.of(args));
        for (var mount : mounts) {
            var node = json.withArray("mounts").addObject().put("type", mount.type());
            node.put("source", mount.source()).put("destination", mount.destination());
            mount.options().forEach(node.putArray("options")::add);
        }
        var spec =
                new OciSpec(
                        process(stdio, args),
                        false,
                        Optional.empty(),
                        mounts,
                        Map.of(),
                        Optional.empty(),
                        Resources.UNLIMITED,
                        json.toString());
        return pod.create(
                new ContainerConfig(new ContainerId(id), POD, directory, image, spec, stdio));
    }

    /** The daemon dies, and its next life finds the containers. */
    List<KernelContainer> live() {
        kernel.close();
        kernel = QuarkKind.kernel(standIn, state());
        pod = kernel.find(spec, true).orElseThrow();
        return pod.containers();
    }

    KernelContainer started(String id) {
        var container = create(id, Stdio.NONE, List.of(), "/bin/sleep", "100000");
        container.init().start();
        return container;
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

    /** All that comes by a FIFO until it ends; the reader is there before this returns. */
    static String readAll(Path fifo) throws IOException {
        try (var in = Files.newInputStream(fifo)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        pod.close();
        kernel.close();
        assertThat(state()).isEmptyDirectory();
        assertThat(standIn.complaints()).isEmpty();
    }
}
