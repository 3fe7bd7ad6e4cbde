// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.agent.container.GuestPaths;
import io.silica.agent.container.Reaper;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixSocket;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.containerd.task.PauseRequest;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.guest.AttachRequest;
import io.silica.proto.guest.AttachResponse;
import io.silica.proto.guest.HeartbeatRequest;
import io.silica.proto.guest.ListResponse;
import io.silica.proto.guest.OutputChunk;
import io.silica.proto.guest.OutputRequest;
import io.silica.proto.guest.PortChunk;
import io.silica.ttrpc.ByteFlow;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.DuplexStream;
import io.silica.ttrpc.TtrpcClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent and a host of the test's own, on this machine and without containers. */
class AgentTest {
    private static final CallOptions OPTIONS = CallOptions.timeout(Duration.ofSeconds(60));

    @TempDir private Path directory;
    private ServerSocketChannel listener;
    private Thread agent;

    @BeforeEach
    void startTheAgent() throws Exception {
        var socket = directory.resolve("host");
        listener =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        .bind(UnixDomainSocketAddress.of(socket));
        var paths = new GuestPaths(directory, directory, Path.of("/bin/true"));
        agent =
                Thread.ofPlatform()
                        .name("agent")
                        .start(() ->
                                serve(
                                        new Agent(
                                                paths,
                                                new Boot(),
                                                new Reaper(InstantSource.system()),
                                                () ->
                                                        UnixSocket.connect(
                                                                        UnixAddress.of(socket),
                                                                        SocketType.STREAM)
                                                                .descriptor(),
                                                () -> {})));
    }

    private static void serve(Agent agent) {
        try {
            agent.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void endIt() throws Exception {
        listener.close();
        agent.interrupt();
        agent.join();
    }

    @Test
    void nothingIsServedBeforeAttach() throws Exception {
        try (var host = accept()) {
            assertThatThrownBy(() -> list(host)).hasMessageContaining("before Attach");
            assertThatThrownBy(() -> state(host)).hasMessageContaining("before Attach");
            try (DuplexStream<OutputRequest, OutputChunk> output =
                    host.bidirectional(
                            "silica.guest.v1.Streams", "Output", OutputChunk.parser(), OPTIONS)) {
                assertThatThrownBy(output::receive).hasMessageContaining("before Attach");
            }
            attach(host, "a", 1);
            assertThat(list(host).getContainersList()).isEmpty();
            assertThatThrownBy(() -> state(host)).hasMessageContaining("no container");
        }
    }

    @Test
    void aBrokenConnectionIsDialledAgainAndHasToAttachAgain() throws Exception {
        try (var host = accept()) {
            attach(host, "a", 7);
        }
        try (var host = accept()) {
            assertThatThrownBy(() -> list(host)).hasMessageContaining("before Attach");
            attach(host, "a", 7);
            list(host);
        }
    }

    @Test
    void anEarlierSessionAnotherSandboxAndAnotherVersionAreRefused() throws Exception {
        try (var host = accept()) {
            attach(host, "a", 7);
            assertThatThrownBy(() -> attach(host, "a", 6))
                    .hasMessageContaining("session 6 is over");
            assertThatThrownBy(() -> attach(host, "b", 8)).hasMessageContaining("another sandbox");
            var other = AttachRequest.newBuilder().setProtocolVersion(2).build();
            assertThatThrownBy(() -> guest(host, "Attach", other, AttachResponse.parser()))
                    .hasMessageContaining("version 2");
        }
    }

    @Test
    void aContainerIsRefusedBeforeTheMachineIsPrepared() throws Exception {
        try (var host = accept()) {
            assertThat(attach(host, "a", 1).getPrepared()).isFalse();
            var request = CreateTaskRequest.newBuilder().setId("c").build();
            assertThatThrownBy(() ->
                            host.call(
                                    "containerd.task.v3.Task",
                                    "Create",
                                    request,
                                    CreateTaskResponse.parser(),
                                    OPTIONS))
                    .hasMessageContaining("not prepared");
        }
    }

    @Test
    void aCallOfAnOperationIsThatOneUntilItIsAcknowledgedOverWhicheverConnection()
            throws Exception {
        try (var host = accept()) {
            assertThat(attach(host, "a", 1).getKeptResults()).isEqualTo(Operations.MOST);
            assertThatThrownBy(() -> pause(host, "Pause")).hasMessageContaining("no container");
        }
        try (var host = accept()) {
            attach(host, "a", 2);
            assertThatThrownBy(() -> pause(host, "Resume"))
                    .hasMessageContaining("was Pause of container \"c\" comes as Resume");
            guest(
                    host,
                    "Heartbeat",
                    HeartbeatRequest.newBuilder().addAcknowledged("once").build(),
                    Empty.parser());
            assertThatThrownBy(() -> pause(host, "Resume")).hasMessageContaining("no container");
        }
    }

    private static void pause(TtrpcClient host, String method) {
        host.call(
                "containerd.task.v3.Task",
                method,
                PauseRequest.newBuilder().setId("c").build(),
                Empty.parser(),
                OPTIONS.withMetadata("silica-operation", "once"));
    }

    @Test
    void aPortIsConnectedToWhatListensThere() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var host = accept()) {
            attach(host, "a", 1);
            var answering = Thread.ofVirtual().start(() -> answer(server));
            try (var call = forward(host, server.getLocalPort())) {
                var flow = flow(call);
                var receiving = Thread.ofVirtual().start(flow::receive);
                flow.output().write("hello".getBytes(UTF_8));
                flow.end();
                assertThat(new String(flow.input().readAllBytes(), UTF_8)).isEqualTo("hello!");
                receiving.join();
            }
            answering.join();
        }
    }

    @Test
    void aPortThatTheHostLetsGoOfIsLetGoOfByTheServerThatSaysNothing() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var host = accept()) {
            attach(host, "a", 1);
            var call = forward(host, server.getLocalPort());
            try (var client = server.accept()) {
                flow(call).end();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
                call.close();
                // The connection is over in both directions: what is said is refused, at last.
                assertThatThrownBy(() -> sayForEver(client)).isInstanceOf(IOException.class);
            }
        }
    }

    private static void sayForEver(Socket client) throws IOException {
        while (true) {
            client.getOutputStream().write(1);
        }
    }

    /** What comes until the end, and a mark. */
    private static void answer(ServerSocket server) {
        try (var client = server.accept()) {
            client.getInputStream().transferTo(client.getOutputStream());
            client.getOutputStream().write('!');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPortAtWhichNobodyListensAndOneThatCannotBeAreTold() throws Exception {
        int free;
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = server.getLocalPort();
        }
        try (var host = accept()) {
            attach(host, "a", 1);
            try (var call = forward(host, free)) {
                assertThatThrownBy(call::receive).hasMessageContaining("nobody listens at port");
            }
            try (var call = forward(host, 65_536)) {
                assertThatThrownBy(call::receive).hasMessageContaining("no port 65536");
            }
        }
    }

    private static DuplexStream<PortChunk, PortChunk> forward(TtrpcClient host, int port) {
        DuplexStream<PortChunk, PortChunk> call =
                host.bidirectional(
                        "silica.guest.v1.Streams", "Forward", PortChunk.parser(), OPTIONS);
        call.send(PortChunk.newBuilder().setPort(port).build());
        return call;
    }

    private static ByteFlow<PortChunk> flow(DuplexStream<PortChunk, PortChunk> call) {
        return new ByteFlow<>(call, call, Ports::part, Ports::chunk, 64 << 10);
    }

    private TtrpcClient accept() throws Exception {
        return TtrpcClient.over(listener.accept());
    }

    private static AttachResponse attach(TtrpcClient host, String sandbox, long session) {
        return guest(
                host,
                "Attach",
                AttachRequest.newBuilder()
                        .setProtocolVersion(1)
                        .setSandboxId(sandbox)
                        .setSession(session)
                        .build(),
                AttachResponse.parser());
    }

    private static ListResponse list(TtrpcClient host) {
        return guest(host, "List", Empty.getDefaultInstance(), ListResponse.parser());
    }

    private static void state(TtrpcClient host) {
        host.call(
                "containerd.task.v3.Task",
                "State",
                StateRequest.newBuilder().setId("c").build(),
                StateResponse.parser(),
                OPTIONS);
    }

    private static <R extends MessageLite> R guest(
            TtrpcClient host, String method, MessageLite request, Parser<R> responses) {
        return host.call("silica.guest.v1.Guest", method, request, responses, OPTIONS);
    }
}
