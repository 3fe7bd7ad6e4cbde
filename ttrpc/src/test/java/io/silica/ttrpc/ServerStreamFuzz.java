// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Fuzz target: a client that opens streams and breaks their rules as it likes. Nothing hangs,
 * nothing is left open, no message follows the end of its stream, and what comes back by an echo is
 * what was sent, from its beginning on.
 *
 * <p>Input: commands of three bytes, see {@link #command}.
 */
public final class ServerStreamFuzz implements FrameSink {
    private static final List<String> METHODS = List.of("Chat", "Join", "Count", "Echo", "None");
    private static final ByteBuffer TOO_LONG = ByteBuffer.allocate(Frame.MAX_PAYLOAD_BYTES + 1);
    private static final CallTimer TIMER = new CallTimer();
    private static final ServerLimits LIMITS =
            ServerLimits.standard()
                    .withStreams(4, new StreamLimits(300, Duration.ofMillis(1)))
                    .withRunningCalls(4);

    private final ServerConnection connection =
            new ServerConnection(new ConnectionId(1), config(), this, TIMER);
    private final Map<Integer, List<String>> sent = new HashMap<>();
    private final Map<Integer, List<String>> echoed = new HashMap<>();
    private final Map<Integer, Boolean> ended = new HashMap<>();
    private final AtomicInteger resumed = new AtomicInteger();
    private volatile boolean writable = true;
    private int lastStreamId = -1;

    private ServerStreamFuzz() {}

    private static ServerConfig config() {
        return new TestService()
                .config()
                .withLimits(LIMITS)
                .withExceptions(_ -> TtrpcStatus.of(StatusCode.UNKNOWN, "failed"));
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        var fuzz = new ServerStreamFuzz();
        for (int i = 0; i + 2 < input.length; i += 3) {
            fuzz.command(input[i] & 0xff, input[i + 1] & 0xff, input[i + 2] & 0xff);
        }
        fuzz.end();
    }

    /**
     * One of eight commands, by its three lowest bits; what is left of it chooses among old ids.
     */
    private void command(int command, int first, int second) {
        int old = command >> 3;
        switch (command & 7) {
            case 0 -> open(lastStreamId + 2, METHODS.get(first % METHODS.size()), second);
            case 1 -> open(old, METHODS.get(first % METHODS.size()), second);
            case 2, 3 -> message(2 * (old >> 2) + 1, first & 7, "x".repeat(second));
            case 4 -> receive(Frames.close(old));
            case 5 -> receive(Frames.frame(old, first & 3, second, new byte[] {0x0a, 0x7f}));
            case 6 -> tooLong(old);
            default -> room((first & 1) == 0);
        }
    }

    private void open(int streamId, String method, int flags) {
        if (streamId > lastStreamId) {
            lastStreamId = streamId | 1;
            sent.remove(streamId);
        }
        receive(Frames.open(streamId, method, flags & 7));
    }

    private void message(int streamId, int flags, String text) {
        if ((flags & Frame.NO_DATA) == 0) {
            sent.computeIfAbsent(streamId, _ -> new ArrayList<>()).add(text);
        }
        receive(Frames.frame(streamId, Frames.DATA, flags, Frames.text(text).toByteArray()));
    }

    private void tooLong(int streamId) {
        receive(Frames.header(TOO_LONG.capacity(), streamId, Frames.DATA));
        receive(TOO_LONG.duplicate());
    }

    private void room(boolean now) {
        writable = now;
        if (now) {
            connection.room();
        }
    }

    private void receive(ByteBuffer bytes) {
        try {
            int seen = resumed.get();
            connection.receive(bytes);
            while (bytes.hasRemaining()) {
                makeRoom(seen);
                seen = resumed.get();
                connection.receive(bytes);
            }
        } catch (ProtocolException e) {
            throw new AssertionError("all of this is ttrpc", e);
        }
    }

    private void makeRoom(int seen) {
        if (writable) {
            Fuzz.await("to be resumed", () -> resumed.get() != seen);
        } else {
            room(true);
        }
    }

    private void end() {
        connection.closed();
        Fuzz.await("the end of all calls", () -> connection.openCalls() == 0);
        synchronized (this) {
            echoed.forEach(this::checkEcho);
        }
    }

    private void checkEcho(int streamId, List<String> echo) {
        var all = sent.getOrDefault(streamId, List.of());
        Fuzz.check(
                echo.size() <= all.size() && all.subList(0, echo.size()).equals(echo),
                "stream %d echoes what was not sent".formatted(streamId));
    }

    @Override
    public synchronized void send(int streamId, ByteBuffer frame) {
        Fuzz.same("the stream id", frame.getInt(4), streamId);
        ended.put(streamId, true);
    }

    @Override
    public synchronized void sendPart(ByteBuffer frame) {
        int streamId = frame.getInt(4);
        Fuzz.check(!ended.containsKey(streamId), "a message follows the end of its stream");
        try {
            var text = StringValue.parseFrom(frame.slice(Frame.HEADER_BYTES, frame.getInt(0)));
            echoed.computeIfAbsent(streamId, _ -> new ArrayList<>()).add(text.getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public void resume() {
        resumed.incrementAndGet();
    }

    @Override
    public void idle() {}
}
