// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.StringValue;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Duration;

/**
 * Fuzz target: a server that answers calls of every kind with what it likes. Each ends with its
 * messages and a status, and nothing else comes of it.
 *
 * <p>Input: frames, each a byte for stream and type, one for flags, one for the length of its
 * payload, and that.
 */
public final class ClientStreamFuzz {
    private static final StreamLimits LIMITS = new StreamLimits(300, Duration.ZERO);
    private static final FrameWriter NOWHERE =
            new FrameWriter(
                    "fuzz",
                    Channels.newChannel(OutputStream.nullOutputStream()),
                    1 << 20,
                    () -> {},
                    () -> {},
                    _ -> {});

    private ClientStreamFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        var pending = new PendingCalls(1);
        pending.begin(new UnaryCall(), _ -> {});
        for (var shape : StreamShape.values()) {
            begin(shape, pending);
        }
        var last = begin(StreamShape.BOTH, pending);
        feed(ByteBuffer.wrap(input), pending);
        pending.failAll(new TtrpcException(StatusCode.UNAVAILABLE, "the end"));
        drain(last);
        Fuzz.same("calls that wait", pending.size(), 0);
    }

    private static ClientStream<StringValue, StringValue> begin(
            StreamShape shape, PendingCalls pending) {
        var stream =
                new ClientStream<StringValue, StringValue>(
                        StringValue.parser(), shape, Deadline.NONE, NOWHERE, LIMITS, pending);
        stream.begun(pending.begin(stream, _ -> {}));
        return stream;
    }

    private static void feed(ByteBuffer input, PendingCalls pending) {
        while (input.remaining() >= 3) {
            int head = input.get() & 0xff;
            int flags = input.get() & 0xff;
            int length = Math.min(input.get() & 0xff, input.remaining());
            var payload = input.slice(input.position(), length);
            input.position(input.position() + length);
            var type = FrameType.ofNumber((byte) (head & 3));
            pending.received(new Frame(head >> 2, type, flags, payload));
        }
    }

    private static void drain(ClientStream<StringValue, StringValue> stream) {
        try {
            for (int i = 0; stream.receive().isPresent(); i++) {
                Fuzz.check(i < 100_000, "a stream of which there is no end");
            }
        } catch (TtrpcException e) {
            Fuzz.check(!e.status().isOk(), "a failure that is none");
        }
    }
}
