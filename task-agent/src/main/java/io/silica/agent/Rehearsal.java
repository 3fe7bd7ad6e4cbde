// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.agent.container.GuestPaths;
import io.silica.agent.container.Reaper;
import io.silica.linux.Descriptor;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixSocket;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.guest.AttachRequest;
import io.silica.proto.guest.AttachResponse;
import io.silica.proto.guest.GuestContainer;
import io.silica.proto.guest.HeartbeatRequest;
import io.silica.proto.guest.ListResponse;
import io.silica.proto.guest.OutputChunk;
import io.silica.proto.guest.OutputRequest;
import io.silica.proto.guest.StatisticsResponse;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.DuplexStream;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.SynchronousQueue;

/**
 * The agent on the machine that builds an image, with a host of its own: so that the JVM writes
 * down which classes it takes ({@code -XX:DumpLoadedClassList}). Nothing of the machine is changed;
 * what needs a guest is refused.
 */
public final class Rehearsal {
    private static final CallOptions OPTIONS = CallOptions.timeout(Duration.ofSeconds(60));

    private final TtrpcClient client;

    private Rehearsal(TtrpcClient client) {
        this.client = client;
    }

    /**
     * Rehearses and ends the JVM.
     *
     * @param arguments a directory of its own
     */
    public static void main(String[] arguments) throws IOException {
        var ends = UnixSocket.pair(SocketType.STREAM);
        var dials = new SynchronousQueue<Descriptor>();
        var directory = Path.of(arguments[0]);
        var paths = new GuestPaths(directory, directory, Path.of("/bin/true"));
        var reaper = new Reaper(InstantSource.system());
        reaper.start();
        Thread.ofPlatform()
                .daemon()
                .name("agent")
                .start(() ->
                        serve(new Agent(paths, new Boot(), reaper, () -> take(dials), () -> {})));
        put(dials, ends.getFirst().descriptor());
        try (var poller = Poller.start("rehearsal")) {
            var host = ends.getLast().descriptor();
            var client =
                    TtrpcClient.over(
                            Channels.newChannel(poller.inputStream(host.duplicate())),
                            Channels.newChannel(poller.outputStream(host)));
            new Rehearsal(client).run();
        }
        System.exit(0);
    }

    private static void serve(Agent agent) {
        try {
            agent.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Descriptor take(SynchronousQueue<Descriptor> dials) {
        try {
            return dials.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void put(SynchronousQueue<Descriptor> dials, Descriptor descriptor) {
        try {
            dials.put(descriptor);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run() {
        var attach = AttachRequest.newBuilder().setProtocolVersion(1).setSandboxId("rehearsal");
        guest("Attach", attach.build(), AttachResponse.parser());
        guest("List", Empty.getDefaultInstance(), ListResponse.parser());
        guest("Statistics", Empty.getDefaultInstance(), StatisticsResponse.parser());
        var container =
                GuestContainer.newBuilder()
                        .setRootfs("rootfs")
                        .setSpec(ByteString.copyFromUtf8("{}"));
        refused(() ->
                client.call(
                        "containerd.task.v3.Task",
                        "Create",
                        CreateTaskRequest.newBuilder()
                                .setId("rehearsal")
                                .setOptions(
                                        Any.newBuilder().setValue(container.build().toByteString()))
                                .build(),
                        CreateTaskResponse.parser(),
                        OPTIONS.withMetadata(Operations.KEY, "rehearsal")));
        guest(
                "Heartbeat",
                HeartbeatRequest.newBuilder().addAcknowledged("rehearsal").build(),
                Empty.parser());
        refused(this::output);
    }

    private void output() {
        try (DuplexStream<OutputRequest, OutputChunk> output =
                client.bidirectional(
                        "silica.guest.v1.Streams", "Output", OutputChunk.parser(), OPTIONS)) {
            output.send(OutputRequest.newBuilder().setContainerId("rehearsal").build());
            output.receive();
        }
    }

    /** Before Prepare there is no container to be had. */
    private static void refused(Runnable call) {
        try {
            call.run();
            throw new IllegalStateException("the rehearsal has a container");
        } catch (TtrpcException _) {
            // As it has to be.
        }
    }

    private <R extends MessageLite> void guest(
            String method, MessageLite request, Parser<R> responses) {
        client.call("silica.guest.v1.Guest", method, request, responses, OPTIONS);
    }
}
