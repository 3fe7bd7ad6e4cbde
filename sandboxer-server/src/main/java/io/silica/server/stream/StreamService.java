// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.silica.proto.containerd.streaming.StreamInit;
import io.silica.server.wire.BareAny;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.MessageSink;
import io.silica.ttrpc.MessageSource;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.util.function.BooleanSupplier;

/** Takes the streams that containerd opens. */
final class StreamService {
    private static final String INIT = StreamInit.getDescriptor().getFullName();

    /** containerd's are two ids and a word. */
    private static final int LONGEST_ID = 512;

    private final StreamTable table;
    private final BooleanSupplier room;

    /**
     * @param room whether a container more can be served
     */
    StreamService(StreamTable table, BooleanSupplier room) {
        this.table = table;
        this.room = room;
    }

    ServiceDefinition definition() {
        return ServiceDefinition.named(StdioStreams.SERVICE)
                .bidirectional(StdioStreams.METHOD, Any.parser(), this::stream)
                .build();
    }

    private void stream(
            MessageSource<Any> messages, CallContext context, MessageSink<Any> answers) {
        String id = id(messages);
        if (!table.isUsed(id) && !room.getAsBoolean()) {
            throw new TtrpcException(
                    StatusCode.RESOURCE_EXHAUSTED,
                    "there is no room for the stream \"%s\" of a new process".formatted(id));
        }
        var connection = new StreamConnection(id, messages, answers, context);
        try {
            connection.begin(table);
            connection.carry();
        } finally {
            table.disconnected(connection);
            connection.over();
        }
    }

    private static String id(MessageSource<Any> messages) {
        Any first = messages.receive().orElseThrow(() -> invalid("does not say its id"));
        if (!BareAny.type(first).equals(INIT)) {
            throw invalid("does not begin with its id");
        }
        try {
            String id = StreamInit.parseFrom(first.getValue()).getId();
            if (id.isEmpty() || id.length() > LONGEST_ID) {
                throw invalid("has an id that is empty or too long");
            }
            return id;
        } catch (InvalidProtocolBufferException e) {
            throw invalid("has an id that cannot be read: " + e.getMessage());
        }
    }

    private static TtrpcException invalid(String what) {
        return new TtrpcException(StatusCode.INVALID_ARGUMENT, "the stream " + what);
    }
}
