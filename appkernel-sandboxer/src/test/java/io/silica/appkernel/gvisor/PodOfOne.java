// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.GvisorKind;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelProcess;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.linux.NetworkNamespace;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
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
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** A pod on gVisor, with the host's network if nothing else is said, and no daemon around it. */
final class PodOfOne implements AutoCloseable {
    static final SandboxId POD = new SandboxId("pod");
    private static final String SHELL = "/bin/sh";

    private final Path directory;
    private final SandboxSpec spec;
    private final Function<Path, GvisorKernel> kernels;
    private GvisorKernel kernel;
    private KernelSandbox pod;
    private int outputs;

    private PodOfOne(
            Path directory,
            SandboxNetwork network,
            Optional<String> cgroupParent,
            Function<Path, GvisorKernel> kernels)
            throws IOException {
        this.directory = directory;
        this.spec = spec(POD, network, cgroupParent);
        this.kernels = kernels;
        this.kernel = kernels.apply(directory.resolve("pods"));
        new GvisorKind().fill(Files.createDirectory(directory.resolve("image")));
        this.pod = kernel.prepare(spec);
        try {
            pod.start();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private PodOfOne(Path directory, SandboxNetwork network, Optional<String> cgroupParent)
            throws IOException {
        this(directory, network, cgroupParent, GvisorKind::kernel);
    }

    /** A sandbox that has a host name. */
    static SandboxSpec spec(SandboxId id, SandboxNetwork network, Optional<String> cgroupParent) {
        return new SandboxSpec(
                id,
                new PodIdentity("pod", "tests", "1", 0),
                "host-of-" + id,
                network,
                new DnsConfig(List.of(), List.of(), List.of()),
                cgroupParent,
                PodResources.UNLIMITED,
                Map.of(),
                Map.of(),
                "appkernel");
    }

    /** One that runs, with its files there. */
    static PodOfOne start(Path directory) throws IOException {
        return new PodOfOne(directory, new SandboxNetwork.Host(), Optional.empty());
    }

    /** One that has a network namespace. */
    static PodOfOne startIn(NetworkNamespace network, Path directory) throws IOException {
        return new PodOfOne(directory, in(network), Optional.empty());
    }

    /** One that has a network namespace, and is connected so. */
    static PodOfOne startIn(NetworkNamespace network, GvisorNetwork connected, Path directory)
            throws IOException {
        return new PodOfOne(
                directory,
                in(network),
                Optional.empty(),
                it -> GvisorKind.kernel(it, connected, GvisorConfig.USUAL_PATIENCE));
    }

    /** What a specification calls a namespace that is held open here. */
    static SandboxNetwork in(NetworkNamespace network) {
        return new SandboxNetwork.Namespace(
                Path.of(
                        "/proc/%d/fd/%d"
                                .formatted(
                                        ProcessHandle.current().pid(),
                                        network.descriptor().number())));
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
        kernel = kernels.apply(directory.resolve("pods"));
        pod = kernel.find(spec, true).orElseThrow();
        return pod.containers();
    }

    /** The next life finds its containers, and gives its sentry so much time for an answer. */
    List<KernelContainer> live(Duration patience) {
        kernel = GvisorKind.kernel(directory.resolve("pods"), GvisorNetwork.SANDBOX, patience);
        pod = kernel.find(spec, true).orElseThrow();
        return pod.containers();
    }

    /** The next life looks for it, and makes another one if it is gone. */
    boolean lives() {
        kernel = kernels.apply(directory.resolve("pods"));
        var found = kernel.find(spec, true);
        pod = found.orElseGet(() -> kernel.prepare(spec));
        return found.isPresent();
    }

    /** The next life knows of its making and of no end of its start, and is asked for that. */
    void startAgain() {
        kernel = kernels.apply(directory.resolve("pods"));
        pod = kernel.find(spec, false).orElseThrow();
        pod.start();
    }

    /** Prepares another sandbox of the same daemon. */
    KernelSandbox prepare(SandboxId id, SandboxNetwork network) {
        return kernel.prepare(spec(id, network, Optional.empty()));
    }

    KernelContainer create(String id, Stdio stdio, String... args) {
        return create(id, Resources.UNLIMITED, stdio, args);
    }

    /** One that may use only so much memory. */
    KernelContainer create(String id, long memoryBytes, String... args) {
        return create(id, new Resources(memoryBytes, 0, 0, 0), Stdio.NONE, args);
    }

    KernelContainer create(String id, Resources limits, Stdio stdio, String... args) {
        return create(id, limits, stdio, _ -> {}, args);
    }

    /**
     * One whose specification is changed.
     *
     * @param change gets it as CRI writes every one
     */
    KernelContainer create(
            String id, Resources limits, Stdio stdio, Consumer<ObjectNode> change, String... args) {
        var process = process(stdio, args);
        var json = Bundle.spec("pod", List.of(args));
        json.withObject("process").put("terminal", stdio.terminal());
        change.accept(json);
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

    /** What a script prints in a container of its own, which is gone afterwards. */
    String output(Consumer<ObjectNode> change, String script) throws Exception {
        var out = fifo("out-" + outputs++);
        var container = create("script", Resources.UNLIMITED, to(out), change, SHELL, "-c", script);
        var output = started(out, container.init());
        container.init().delete();
        return output;
    }

    /** What a script prints that is added to a container. */
    String output(KernelContainer container, ProcessSpec.User user, String script)
            throws Exception {
        var out = fifo("out-" + outputs++);
        var process =
                new ProcessSpec(
                        List.of(SHELL, "-c", script), List.of("PATH=/bin"), "/", user, false);
        var added = container.exec(new ExecConfig(new ExecId("script"), process, to(out)));
        var output = started(out, added);
        added.delete();
        return output;
    }

    private static Stdio to(Path out) {
        return new Stdio("", out.toString(), out.toString(), false);
    }

    /** Reads from before the start: a FIFO that nobody has open keeps nothing. */
    private static String started(Path out, KernelProcess process) throws Exception {
        var output =
                new FutureTask<>(() -> {
                    try (var reader = Files.newInputStream(out)) {
                        return rest(reader);
                    }
                });
        Thread.ofPlatform().name("silica-test-output").start(output);
        try {
            process.start();
            process.exit().await();
        } catch (RuntimeException e) {
            // The end of the output, whether somebody reads it or not.
            new RandomAccessFile(out.toFile(), "rw").close();
            throw e;
        } finally {
            output.get();
            Files.delete(out);
        }
        return output.get();
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
        assertThat(places().exist()).as("something of the pod is left").isFalse();
    }
}
