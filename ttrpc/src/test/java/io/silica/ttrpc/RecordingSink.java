// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import io.silica.ttrpc.wire.Response;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what a server connection sends; writable or not as the test says. */
final class RecordingSink implements FrameSink {
    final AtomicInteger resumed = new AtomicInteger();
    final AtomicInteger idle = new AtomicInteger();
    volatile boolean writable = true;
    private final Semaphore resumptions = new Semaphore(0);
    private final BlockingQueue<ByteBuffer> frames = new LinkedBlockingQueue<>();

    /** An answer as the client would see it. */
    record Answer(int streamId, TtrpcStatus status, String value) {}

    /** A data frame as the client would see it. */
    record Part(int streamId, int flags, String value) {
        static Part end(int streamId) {
            return new Part(streamId, Frame.REMOTE_CLOSED | Frame.NO_DATA, "");
        }
    }

    @Override
    public void send(int streamId, ByteBuffer frame) {
        if (frame.getInt(4) != streamId) {
            throw new AssertionError("the answer to another stream");
        }
        frames.add(frame);
    }

    @Override
    public void sendPart(ByteBuffer frame) {
        frames.add(frame);
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public void resume() {
        resumed.incrementAndGet();
        resumptions.release();
    }

    /** Waits for the next time that it is resumed. */
    void awaitResumed() throws InterruptedException {
        if (!resumptions.tryAcquire(20, TimeUnit.SECONDS)) {
            throw new AssertionError("not resumed");
        }
    }

    @Override
    public void idle() {
        idle.incrementAndGet();
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /** The next answer; waits for it. */
    Answer take() {
        try {
            return decode(takeBytes());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** The next data frame; waits for it. */
    Part takePart() {
        var frame = takeBytes();
        int length = frame.getInt(0);
        if (frame.remaining() != length + Frame.HEADER_BYTES || frame.get(8) != Frames.DATA) {
            throw new AssertionError("not one whole data frame");
        }
        try {
            var value = StringValue.parseFrom(frame.slice(Frame.HEADER_BYTES, length));
            return new Part(frame.getInt(4), frame.get(9), value.getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private ByteBuffer takeBytes() {
        try {
            var frame = frames.poll(20, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("nothing came");
            }
            return frame;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Answer decode(ByteBuffer frame) throws InvalidProtocolBufferException {
        int length = frame.getInt(0);
        if (frame.remaining() != length + Frame.HEADER_BYTES || frame.get(8) != Frames.RESPONSE) {
            throw new AssertionError("not one whole response frame: " + frame.get(8));
        }
        var response = Response.parseFrom(frame.slice(Frame.HEADER_BYTES, length));
        return new Answer(
                frame.getInt(4),
                TtrpcStatus.fromWire(response.getStatus()),
                StringValue.parseFrom(response.getPayload()).getValue());
    }
}
