// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.silica.proto.guest.AttachResponse;
import io.silica.proto.guest.HeartbeatRequest;
import io.silica.ttrpc.wire.KeyValue;
import io.silica.ttrpc.wire.Request;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** A guest that writes its own bytes: it knows as much of ttrpc as it takes to break it. */
final class RawGuest implements AutoCloseable {
    private static final int HEADER = 10;
    private static final byte RESPONSE = 2;
    private static final String HEARTBEAT = "Heartbeat";

    private final SocketChannel channel;
    private Request last = Request.getDefaultInstance();

    private RawGuest(SocketChannel channel) {
        this.channel = channel;
    }

    static RawGuest dial(Path host) throws IOException {
        return new RawGuest(SocketChannel.open(UnixDomainSocketAddress.of(host)));
    }

    /** The same, when the host has heard what version it speaks. */
    static RawGuest attached(Path host, int version) throws IOException {
        var guest = dial(host);
        guest.answer(
                guest.request(), AttachResponse.newBuilder().setProtocolVersion(version).build());
        return guest;
    }

    /** Reads a request that is no heartbeat, and gives the number of its stream. */
    int request() throws IOException {
        int stream = next();
        while (last.getMethod().equals(HEARTBEAT)) {
            stream = next();
        }
        return stream;
    }

    /** Reads a request, and tells whether it is a heartbeat. */
    boolean heartbeat() throws IOException {
        var _ = next();
        return last.getMethod().equals(HEARTBEAT);
    }

    /** What was left of the time of the request that was read last. */
    Duration patience() {
        return Duration.ofNanos(last.getTimeoutNano());
    }

    /** Which operation the request that was read last is. */
    String operation() {
        return last.getMetadataList().stream()
                .filter(it -> it.getKey().equals("silica-operation"))
                .map(KeyValue::getValue)
                .collect(Collectors.joining());
    }

    /** What the next heartbeat acknowledges. */
    List<String> acknowledged() throws IOException {
        var _ = next();
        while (!last.getMethod().equals(HEARTBEAT)) {
            var _ = next();
        }
        return HeartbeatRequest.parseFrom(last.getPayload()).getAcknowledgedList();
    }

    private int next() throws IOException {
        var header = read(HEADER);
        last = Request.parseFrom(read(header.getInt(0)));
        return header.getInt(4);
    }

    private ByteBuffer read(int length) throws IOException {
        var bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("the host has closed the connection");
            }
        }
        return bytes.flip();
    }

    void answer(int stream, MessageLite message) throws IOException {
        // A ttrpc Response: its field 2 is the answer.
        var payload = new byte[CodedOutputStream.computeByteArraySize(2, message.toByteArray())];
        var output = CodedOutputStream.newInstance(payload);
        output.writeByteArray(2, message.toByteArray());
        output.flush();
        head(stream, payload.length);
        send(payload);
    }

    /** The head of an answer, whatever follows. */
    void head(int stream, int length) throws IOException {
        var head = ByteBuffer.allocate(HEADER);
        head.putInt(length).putInt(stream).put(RESPONSE).put((byte) 0);
        send(head.array());
    }

    void send(byte[] bytes) throws IOException {
        for (var rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) {
            var _ = channel.write(rest);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
