// SPDX-License-Identifier: Apache-2.0
package io.silica.guest;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.containerd.task.DeleteRequest;
import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.StartRequest;
import io.silica.proto.containerd.task.StartResponse;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.proto.guest.AttachRequest;
import io.silica.proto.guest.AttachResponse;
import io.silica.proto.guest.InputChunk;
import io.silica.proto.guest.InputResponse;
import io.silica.proto.guest.OutputChunk;
import io.silica.proto.guest.OutputRequest;
import io.silica.proto.guest.OutputStream;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.DuplexStream;
import io.silica.ttrpc.TtrpcClient;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The host's end of one connection of the agent. */
record Host(TtrpcClient client) implements AutoCloseable {
    static final CallOptions OPTIONS = CallOptions.timeout(Duration.ofMinutes(5));

    private static final String TASK = "containerd.task.v3.Task";
    private static final String STREAMS = "silica.guest.v1.Streams";

    static Host over(ByteChannel channel) {
        return new Host(TtrpcClient.over(channel));
    }

    AttachResponse attach(String sandbox, long session) {
        return guest(
                "Attach",
                AttachRequest.newBuilder()
                        .setProtocolVersion(1)
                        .setSandboxId(sandbox)
                        .setSession(session)
                        .build(),
                AttachResponse.parser());
    }

    <R extends MessageLite> R guest(String method, MessageLite request, Parser<R> responses) {
        return client.call("silica.guest.v1.Guest", method, request, responses, OPTIONS);
    }

    <R extends MessageLite> R task(String method, MessageLite request, Parser<R> responses) {
        return client.call(TASK, method, request, responses, OPTIONS);
    }

    void create(CreateTaskRequest request) {
        task("Create", request, CreateTaskResponse.parser());
    }

    void start(String id, String exec) {
        task(
                "Start",
                StartRequest.newBuilder().setId(id).setExecId(exec).build(),
                StartResponse.parser());
    }

    void exec(String id, String exec, String process, boolean terminal) {
        var request =
                ExecProcessRequest.newBuilder()
                        .setId(id)
                        .setExecId(exec)
                        .setTerminal(terminal)
                        .setStdin("in")
                        .setStdout("out")
                        .setSpec(Any.newBuilder().setValue(ByteString.copyFromUtf8(process)));
        task("Exec", request.build(), Empty.parser());
    }

    void kill(String id, int signal) {
        task("Kill", KillRequest.newBuilder().setId(id).setSignal(signal).build(), Empty.parser());
    }

    /** Kills a process, with all of its container if it is the first. */
    void killAll(String id, String exec) {
        var request = KillRequest.newBuilder().setId(id).setExecId(exec).setSignal(9).setAll(true);
        task("Kill", request.build(), Empty.parser());
    }

    /** The same as an operation, which may have been asked for before. */
    void kill(String id, int signal, String operation) {
        var _ =
                client.call(
                        TASK,
                        "Kill",
                        KillRequest.newBuilder().setId(id).setSignal(signal).build(),
                        Empty.parser(),
                        OPTIONS.withMetadata("silica-operation", operation));
    }

    int await(String id, String exec) {
        var request = WaitRequest.newBuilder().setId(id).setExecId(exec).build();
        return task("Wait", request, WaitResponse.parser()).getExitStatus();
    }

    StateResponse state(String id) {
        return task("State", StateRequest.newBuilder().setId(id).build(), StateResponse.parser());
    }

    int delete(String id, String exec) {
        var request = DeleteRequest.newBuilder().setId(id).setExecId(exec).build();
        return task("Delete", request, DeleteResponse.parser()).getExitStatus();
    }

    DuplexStream<OutputRequest, OutputChunk> openOutput(
            String id, String exec, OutputStream stream, long acknowledged) {
        DuplexStream<OutputRequest, OutputChunk> output =
                client.bidirectional(STREAMS, "Output", OutputChunk.parser(), OPTIONS);
        output.send(
                OutputRequest.newBuilder()
                        .setContainerId(id)
                        .setExecId(exec)
                        .setStream(stream)
                        .setAcknowledged(acknowledged)
                        .build());
        return output;
    }

    /** All that a stream has, to its end. */
    String output(String id, String exec, OutputStream stream) {
        var all = new StringBuilder();
        try (var output = openOutput(id, exec, stream, 0)) {
            for (var chunk : output) {
                all.append(chunk.getData().toString(StandardCharsets.UTF_8));
                output.send(
                        OutputRequest.newBuilder()
                                .setAcknowledged(chunk.getOffset() + chunk.getData().size())
                                .build());
            }
        }
        return all.toString();
    }

    String output(String id, String exec) {
        return output(id, exec, OutputStream.OUTPUT_STREAM_STDOUT);
    }

    /** Sends all that a process is to read; how much of it was accepted. */
    long input(String id, String exec, long offset, String text, boolean end) {
        try (DuplexStream<InputChunk, InputResponse> input =
                client.bidirectional(STREAMS, "Input", InputResponse.parser(), OPTIONS)) {
            input.send(
                    InputChunk.newBuilder()
                            .setContainerId(id)
                            .setExecId(exec)
                            .setOffset(offset)
                            .setData(ByteString.copyFromUtf8(text))
                            .setEnd(end)
                            .build());
            input.receive();
            var acknowledged = input.receive().orElseThrow().getAcknowledged();
            input.closeSend();
            return acknowledged;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
