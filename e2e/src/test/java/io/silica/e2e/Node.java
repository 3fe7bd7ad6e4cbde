// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriEndpoint;
import io.silica.ctl.cri.CriException;
import io.silica.examples.ExampleImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * What a machine of a cluster has: a containerd and a wasm-sandboxer under its supervisor, all
 * private to this node and below one directory. Closing it ends both and removes the directory.
 */
final class Node implements AutoCloseable {
    /** A daemon may stand still for a minute. */
    private static final Duration CALL_LIMIT = Duration.ofMinutes(5);

    private final ContainerdBuild build;
    private final Path directory;
    private final Sandboxer vmm;
    private final Daemon containerd;
    private final CriClient cri;
    private Sandboxer sandboxer;
    private Sandboxer appkernel;

    private Node(ContainerdBuild build, Path directory) {
        this.build = build;
        this.directory = directory;
        this.cri = new CriClient(new CriEndpoint(directory.resolve("containerd.sock")), CALL_LIMIT);
        this.sandboxer = new Sandboxer(directory, "wasm");
        this.appkernel = new Sandboxer(directory, AppKernelPods.KIND);
        this.vmm = new Sandboxer(directory, VmmPods.KIND);
        this.containerd = containerd(build, directory, this::criAnswers);
    }

    /** Starts both, the sandboxer first, and imports the images of all examples. */
    static Node start(ContainerdBuild build) {
        Path directory = temporaryDirectory();
        Command.run(
                Repository.script("containerd-private"),
                "configure",
                directory.toString(),
                build.programs().toString(),
                Sandboxer.socket(directory, "wasm").toString());
        configure(directory);
        var node = new Node(build, directory);
        try {
            node.sandboxer.start();
            node.containerd.start();
            node.importImages();
            return node;
        } catch (RuntimeException | Error e) {
            try (node) {
                throw e;
            }
        }
    }

    /** What the tests want beside the usual: events, and handlers with streamed stdio. */
    private static void configure(Path directory) {
        try {
            Files.writeString(
                    directory.resolve("wasm.toml"),
                    """
                    [limits]
                    claim-within = "15s"
                    [containerd]
                    address = "%s/containerd.sock.ttrpc"
                    [wasm]
                    wasmtime-library = "%s"
                    """
                            .formatted(directory, WasmtimePods.library()));
            Files.writeString(
                    directory.resolve("config.toml"),
                    """

                    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.wasm-streaming]
                      runtime_type = "io.containerd.silica-wasm.v1"
                      sandboxer = "wasm"
                      io_type = "streaming"
                      disable_pause_image_pull = true
                    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.appkernel-streaming]
                      runtime_type = "io.containerd.silica-appkernel.v1"
                      sandboxer = "appkernel"
                      io_type = "streaming"
                      disable_pause_image_pull = true
                    """,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ContainerdBuild build() {
        return build;
    }

    CriClient cri() {
        return cri;
    }

    Daemon containerd() {
        return containerd;
    }

    Sandboxer sandboxer() {
        return sandboxer;
    }

    /**
     * From now on the wasm-sandboxer is the one of the distribution to which a link leads. To be
     * called while there are no pods.
     */
    void install(Path link) {
        sandboxer.terminate();
        sandboxer = Sandboxer.throughLink(directory, "wasm", link);
        sandboxer.start();
    }

    /** The one for pods on application kernels, which only some tests start. */
    Sandboxer appkernel() {
        return appkernel;
    }

    /** From now on that one is started by a command. To be called before it is. */
    void appkernel(List<String> starter) {
        appkernel = Sandboxer.startedBy(starter, directory, AppKernelPods.KIND);
    }

    /** The one for pods that are virtual machines, which only some tests start. */
    Sandboxer vmm() {
        return vmm;
    }

    /** Those that were started. */
    List<Sandboxer> sandboxers() {
        return Stream.of(sandboxer, appkernel, vmm).filter(Sandboxer::isStarted).toList();
    }

    /** Everything of this node lies below it. */
    Path directory() {
        return directory;
    }

    /** The sandboxer's state directory. */
    Path stateDirectory() {
        return directory.resolve("wasm");
    }

    /** The processes that run the guests. */
    List<ProcessHandle> workers() {
        try (Stream<Path> files = Files.walk(directory.resolve("wasm"))) {
            return files.filter(file -> file.endsWith("worker.record"))
                    .map(Node::pid)
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long pid(Path record) {
        try (Stream<String> lines = Files.lines(record)) {
            return lines.filter(line -> line.startsWith("pid="))
                    .mapToLong(line -> Long.parseLong(line.substring("pid=".length())))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of this node's pods. */
    Cgroups cgroups() {
        return new Cgroups(directory.getFileName().toString());
    }

    @Override
    public void close() {
        try (cri) {
            Leftovers.removePods(cri);
        } catch (CriException _) {
            // A containerd that does not answer is being closed because of that.
        } finally {
            containerd.close();
            sandboxer.close();
            appkernel.close();
            vmm.close();
            AppKernelPods.sentries(this).forEach(ProcessHandle::destroyForcibly);
            VmmPods.processes(this).forEach(ProcessHandle::destroyForcibly);
            Command.run(Repository.script("sandboxer-private"), "stop", directory.toString());
            Command.run(Repository.script("containerd-private"), "stop", directory.toString());
            cgroups().remove();
            Command.run("rm", "-rf", "--one-file-system", directory.toString());
        }
    }

    private static Daemon containerd(ContainerdBuild build, Path directory, BooleanSupplier ready) {
        String path = Repository.programs() + ":" + build.programs() + ":" + System.getenv("PATH");
        return new Daemon(
                "containerd",
                List.of(
                        build.programs().resolve("containerd").toString(),
                        "--config",
                        directory.resolve("config.toml").toString()),
                Map.of("PATH", path),
                directory.resolve("containerd.log"),
                ready);
    }

    private boolean criAnswers() {
        try {
            return !cri.version().getRuntimeName().isEmpty();
        } catch (CriException _) {
            return false;
        }
    }

    /** Runs containerd's own client. */
    String ctr(String... arguments) {
        var command =
                new ArrayList<>(
                        List.of(
                                build.programs().resolve("ctr").toString(),
                                "--address",
                                directory.resolve("containerd.sock").toString(),
                                "--namespace",
                                "k8s.io"));
        command.addAll(List.of(arguments));
        return Command.run(command.toArray(String[]::new));
    }

    private void importImages() {
        images().forEach(this::importImage);
    }

    /** Gives containerd an image. */
    void importImage(Path tar) {
        ctr("images", "import", "--local", tar.toString());
    }

    private List<Path> images() {
        try {
            return ExampleImages.writeAll(directory.resolve("images"), "localhost/silica-pause:1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A short name: the address of a Unix socket has 107 bytes. */
    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory(Path.of("/tmp"), "silica-e2e-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
