// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFlag;
import io.silica.linux.Poller;
import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Sandboxer;
import io.silica.sandbox.Stdio;
import io.silica.server.contract.BareSpec;
import io.silica.server.contract.ContainerdStream;
import io.silica.server.fake.FakeSandboxer;
import io.silica.server.fake.Faults;
import io.silica.server.status.StatusMapper;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.TtrpcServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pod of the fake kind with one container, {@code c1}, whose process sleeps; the test writes and
 * reads at the FIFOs in its place.
 */
final class StreamedPod implements AutoCloseable {
    static final String STDIN = "c1-stdin";
    static final String STDOUT = "c1-stdout";

    private static final ContainerId C1 = new ContainerId("c1");
    private static final SandboxId POD = new SandboxId("pod");
    private static final StreamOwner PROCESS = new StreamOwner(C1, Optional.empty());

    private final Path directory;
    private final StreamPatience patience;
    private final FakeSandboxer.Survivors survivors = new FakeSandboxer.Survivors();
    private volatile boolean hasRoom = true;
    private Poller poller;
    private TtrpcServer server;
    private StdioStreams streams;
    private Sandboxer kind;
    private Sandbox sandbox;

    StreamedPod(Path directory, StreamPatience patience) throws IOException {
        this.directory = directory;
        this.patience = patience;
        Files.createDirectories(directory.resolve("streams"));
        begin();
        sandbox = kind.create(spec());
    }

    private void begin() throws IOException {
        poller = Poller.start("test-poller");
        streams = new StdioStreams(directory.resolve("streams"), poller, patience);
        kind = streams.around(new FakeSandboxer(new Faults(), survivors));
        server =
                new TtrpcServer(
                        ServerConfig.of(List.of(streams.service(() -> hasRoom)))
                                .withExceptions(StatusMapper::ttrpc));
        server.listen(
                ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        .bind(UnixDomainSocketAddress.of(socket())));
    }

    /** There is no room for a container more. */
    void fillUp() {
        hasRoom = false;
    }

    /** Opens a stream as containerd does. */
    ContainerdStream open(String id) {
        return ContainerdStream.open(socket(), id);
    }

    /** A stream on which nothing was said. */
    ContainerdStream connect() {
        return ContainerdStream.connect(socket());
    }

    /** Makes the container; one with its output streamed, say. */
    ContainerProcess create(String... ids) {
        return container(ids).init();
    }

    private Container container(String... ids) {
        var process =
                new ProcessSpec(
                        List.of("sleep"),
                        List.of(),
                        "/",
                        new ProcessSpec.User(0, 0, List.of()),
                        false);
        return sandbox.createContainer(
                new ContainerConfig(
                        C1,
                        POD,
                        directory.resolve("bundle"),
                        directory.resolve("bundle/rootfs"),
                        BareSpec.of(process, "{}"),
                        stdio(ids)),
                () -> {});
    }

    /** The same, started. */
    ContainerProcess run(String... ids) {
        var process = create(ids);
        process.start();
        return process;
    }

    /** Lets the process end. */
    void end(int code) {
        survivors.end(C1, code);
    }

    /** containerd waits for the end. */
    void await() {
        streams.awaiting(C1, Optional.empty());
    }

    /** The process's end of a FIFO. */
    Descriptor guest(String stream, OpenFlag direction) {
        return Descriptor.open(fifo(stream), direction, OpenFlag.NON_BLOCKING);
    }

    Path fifo(String stream) {
        return ownDirectory().resolve(PROCESS.fifo(stream));
    }

    Path ownDirectory() {
        return directory.resolve("streams/pod");
    }

    /** The daemon ends, and the next one finds the pod again. */
    ContainerProcess liveAgain(String... ids) throws IOException {
        stop();
        begin();
        sandbox = kind.adopt(spec(), Map.of(), true).orElseThrow();
        var former =
                new FormerContainer(
                        C1,
                        new FormerProcess(1, stdio(ids), new ProcessState.Running()),
                        Map.of(),
                        () -> {});
        List<AdoptedContainer> found = sandbox.adoptContainers(List.of(former));
        return found.getFirst().container().init();
    }

    /** The daemon ends, and the next one knows nothing of the pod. */
    void forget() throws IOException {
        stop();
        begin();
        kind.endStrangers(_ -> false);
    }

    void shutdown() {
        sandbox.close();
    }

    /** Writes as much as there is room for. */
    static int write(Descriptor to, String text) {
        try (var arena = Arena.ofConfined()) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            var buffer = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
            return to.write(buffer, 0, bytes.length);
        }
    }

    /** What is there; empty if there is nothing, or at the end. */
    static String read(Descriptor from) {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(64 << 10);
            int count = Math.max(0, from.read(buffer, 0, buffer.byteSize()));
            return new String(buffer.asSlice(0, count).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        sandbox.close();
        stop();
    }

    private void stop() {
        server.close();
        streams.close();
        kind.close();
        poller.close();
        try {
            Files.deleteIfExists(socket());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path socket() {
        return directory.resolve("task.sock");
    }

    private Stdio stdio(String... ids) {
        List<String> streamed = List.of(ids);
        return new Stdio(
                streamed.contains(STDIN) ? ContainerdStream.address(socket(), STDIN) : "",
                streamed.contains(STDOUT) ? ContainerdStream.address(socket(), STDOUT) : "",
                "",
                false);
    }

    private static SandboxSpec spec() {
        return new SandboxSpec(
                POD,
                new PodIdentity("web-0", "default", "uid", 0),
                "web-0",
                new SandboxNetwork.Host(),
                new DnsConfig(List.of(), List.of(), List.of()),
                Optional.empty(),
                PodResources.UNLIMITED,
                Map.of(),
                Map.of(),
                "fake");
    }
}
