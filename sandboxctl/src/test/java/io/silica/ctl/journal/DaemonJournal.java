// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.MessageLite;
import io.silica.server.journal.Journal;
import io.silica.server.journal.JournalDirectory;
import io.silica.server.journal.JournalOpening;
import io.silica.server.journal.JournalOwner;
import io.silica.server.transport.ConnectionJournal;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.wire.KeyValue;
import io.silica.ttrpc.wire.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A journal as a daemon has it open, and what containerd sends. */
public final class DaemonJournal implements AutoCloseable {
    public static final String HOLDER = "0123456789abcdef".repeat(2);
    public static final String TASK = "containerd.task.v3.Task";
    private static final byte REQUEST = 1;

    private final Path file;
    private final Journal journal;
    private final Map<Long, ConnectionJournal> connections = new HashMap<>();

    /**
     * A new one.
     *
     * @param state the daemon's state directory
     */
    public DaemonJournal(Path state, long bytes) throws IOException {
        var directory = new JournalDirectory(Files.createDirectories(state.resolve("journal")));
        file = directory.file();
        journal =
                ((JournalOpening.Fresh) directory.open(bytes, JournalOwner.now(HOLDER))).journal();
    }

    /** The file. */
    public Path file() {
        return file;
    }

    Journal journal() {
        return journal;
    }

    /** Containerd connects. */
    public void connect(long connection) {
        connections.put(connection, journal.open(new ConnectionId(connection), false));
    }

    /** A request comes. */
    public void call(long connection, int stream, String method, MessageLite request) {
        came(connection, frame(stream, request(TASK, method, request)));
    }

    /** Bytes come. */
    public void came(long connection, ByteBuffer bytes) {
        var kept = kept(connection);
        kept.append(bytes);
        kept.consumed();
    }

    /** The answer has been sent. */
    public void answered(long connection, int stream) {
        kept(connection).answered(stream);
    }

    void sentInPart(long connection) {
        kept(connection).sentInPart(true);
    }

    void closed(long connection) {
        kept(connection).closed();
    }

    private ConnectionJournal kept(long connection) {
        return requireNonNull(connections.get(connection));
    }

    /** What a client would send in one frame. */
    public static ByteBuffer frame(int stream, byte[] payload) {
        return ByteBuffer.allocate(10 + payload.length)
                .putInt(payload.length)
                .putInt(stream)
                .put(REQUEST)
                .put((byte) 0)
                .put(payload)
                .flip();
    }

    /** Of a request in containerd's namespace k8s.io. */
    public static byte[] request(String service, String method, MessageLite request) {
        return Request.newBuilder()
                .setService(service)
                .setMethod(method)
                .setPayload(request.toByteString())
                .addMetadata(metadata("containerd-namespace-ttrpc", "k8s.io"))
                .addMetadata(metadata("authorization", "hunter2"))
                .build()
                .toByteArray();
    }

    private static KeyValue metadata(String key, String value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    @Override
    public void close() {
        journal.close();
    }
}
