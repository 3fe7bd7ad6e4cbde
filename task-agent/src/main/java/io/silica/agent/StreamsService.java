// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import io.silica.agent.container.Containers;
import io.silica.agent.container.GuestProcess;
import io.silica.agent.stream.OffsetBuffer;
import io.silica.agent.stream.ProcessInput;
import io.silica.proto.guest.InputChunk;
import io.silica.proto.guest.InputResponse;
import io.silica.proto.guest.OutputChunk;
import io.silica.proto.guest.OutputRequest;
import io.silica.proto.guest.PortChunk;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.MessageSink;
import io.silica.ttrpc.MessageSource;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.TtrpcException;
import java.util.Optional;

/** silica.guest.v1.Streams: what processes read and write, by offset. */
final class StreamsService {
    private final Attachment attachment;
    private final Containers containers;

    StreamsService(Attachment attachment, Containers containers) {
        this.attachment = attachment;
        this.containers = containers;
    }

    ServiceDefinition definition() {
        return ServiceDefinition.named("silica.guest.v1.Streams")
                .bidirectional(
                        "Output", OutputRequest.parser(), attachment.thenStream(this::output))
                .bidirectional("Input", InputChunk.parser(), attachment.thenStream(this::input))
                .bidirectional("Forward", PortChunk.parser(), attachment.thenStream(this::forward))
                .build();
    }

    private void output(
            MessageSource<OutputRequest> requests,
            CallContext context,
            MessageSink<OutputChunk> chunks)
            throws InterruptedException {
        var first = first(requests.receive());
        var buffer = buffer(first);
        buffer.acknowledge(first.getAcknowledged());
        var reader = buffer.reader();
        // The sender waits for bytes; who acknowledges, and who goes away, is heard beside it.
        var sender = Thread.currentThread();
        Thread.ofVirtual()
                .name(Thread.currentThread().getName() + "-acknowledgements")
                .start(() -> acknowledge(requests, buffer, sender));
        context.onCancel(sender::interrupt);
        for (var chunk = reader.next(); chunk.isPresent(); chunk = reader.next()) {
            chunks.send(message(chunk.get()));
        }
    }

    private static void acknowledge(
            MessageSource<OutputRequest> requests, OffsetBuffer buffer, Thread sender) {
        try {
            for (var request : requests) {
                buffer.acknowledge(request.getAcknowledged());
            }
        } catch (TtrpcException _) {
            return; // The call has ended.
        } catch (SandboxException.InvalidArgument _) {
            sender.interrupt();
        }
    }

    private OffsetBuffer buffer(OutputRequest first) {
        var streams = process(first.getContainerId(), first.getExecId()).streams();
        return switch (first.getStream()) {
            case OUTPUT_STREAM_STDOUT -> streams.output().orElseThrow(StreamsService::noStream);
            case OUTPUT_STREAM_STDERR -> streams.errors().orElseThrow(StreamsService::noStream);
            case OUTPUT_STREAM_UNSPECIFIED, UNRECOGNIZED ->
                    throw new SandboxException.InvalidArgument("which stream is not said");
        };
    }

    private static OutputChunk message(OffsetBuffer.Chunk chunk) {
        return OutputChunk.newBuilder().setOffset(chunk.offset()).setData(chunk.bytes()).build();
    }

    private void input(
            MessageSource<InputChunk> chunks,
            CallContext context,
            MessageSink<InputResponse> responses)
            throws InterruptedException {
        var first = first(chunks.receive());
        var input =
                process(first.getContainerId(), first.getExecId())
                        .streams()
                        .input()
                        .orElseThrow(StreamsService::noStream);
        var reader = Thread.currentThread();
        context.onCancel(reader::interrupt);
        responses.send(acknowledgement(input.accepted()));
        accept(first, input, responses);
        for (var chunk : chunks) {
            accept(chunk, input, responses);
        }
    }

    private static void accept(
            InputChunk chunk, ProcessInput input, MessageSink<InputResponse> responses)
            throws InterruptedException {
        if (!chunk.getData().isEmpty()) {
            long accepted = input.accept(chunk.getOffset(), chunk.getData().toByteArray());
            responses.send(acknowledgement(accepted));
        }
        if (chunk.getEnd()) {
            input.end();
        }
    }

    private static InputResponse acknowledgement(long accepted) {
        return InputResponse.newBuilder().setAcknowledged(accepted).build();
    }

    private void forward(
            MessageSource<PortChunk> chunks, CallContext context, MessageSink<PortChunk> to)
            throws InterruptedException {
        Ports.forward(first(chunks.receive()).getPort(), chunks, context, to);
    }

    private static <T> T first(Optional<T> message) {
        return message.orElseThrow(
                () -> new SandboxException.InvalidArgument("a stream begins with its name"));
    }

    private static SandboxException noStream() {
        return new SandboxException.NotFound("the process was made without this stream");
    }

    private GuestProcess process(String id, String execId) {
        return containers.get(id).process(execId);
    }
}
