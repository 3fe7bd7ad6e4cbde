// SPDX-License-Identifier: Apache-2.0
package io.silica.server.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import io.silica.sandbox.Operation;
import io.silica.ttrpc.Backlog;
import io.silica.ttrpc.CallTimer;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.FrameSink;
import io.silica.ttrpc.ProtocolException;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServerConnection;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.wire.Request;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lives of a daemon that follow each other, with connections that outlive them. */
class OperationsTest {
    private static final ConnectionId FIRST = new ConnectionId(7);
    private static final ConnectionId SECOND = new ConnectionId(8);
    private static final int HEADER_BYTES = 10;

    @Test
    void aCallIsTheSameOperationInTheNextLifeAndEveryOtherCallAnother() {
        var begun = life("epoch", FIRST, Backlog.NONE, call(5));
        var inTheNextLife = life("epoch", FIRST, backlog(5), call(7));
        var onAnother = life("epoch", SECOND, Backlog.NONE, call(5));
        var afterwards = life("another epoch", FIRST, Backlog.NONE, call(5));

        assertThat(inTheNextLife.getFirst()).isEqualTo(begun.getFirst());
        assertThat(
                        List.of(
                                begun.getFirst(),
                                inTheNextLife.getLast(),
                                onAnother.getFirst(),
                                afterwards.getFirst()))
                .doesNotHaveDuplicates();
    }

    @Test
    void anOperationIsAnsweredWithItsCallOrOverWithItsConnection() {
        var operations = new Operations("epoch");
        List<String> over = new ArrayList<>();
        serve(operations, FIRST, Backlog.NONE, over, call(1), call(3));
        serve(operations, SECOND, Backlog.NONE, over, call(1));

        operations.answered(FIRST, 3);
        assertThat(over).containsExactly("epoch.7.3");
        operations.answered(FIRST, 3);
        operations.ended(FIRST);
        assertThat(over).containsExactly("epoch.7.3", "epoch.7.1");
        operations.ended(SECOND);
        assertThat(over).containsExactly("epoch.7.3", "epoch.7.1", "epoch.8.1");
    }

    @Test
    void anOperationIsOverWhenNobodyWaitsForItsCallAnyMore() throws ProtocolException {
        var operations = new Operations("epoch");
        List<String> over = new ArrayList<>();
        var service =
                ServiceDefinition.named("a.b")
                        .held(
                                "Change",
                                Empty.parser(),
                                (_, context, _) -> {
                                    var operation = operations.of(context);
                                    operation.onAnswered(() -> over.add(operation.id()));
                                })
                        .build();
        try (var timer = new CallTimer()) {
            var server =
                    new ServerConnection(
                            FIRST, ServerConfig.of(service), new Deaf(), timer, Backlog.NONE);
            server.receive(call(1));
            assertThat(over).isEmpty();
            server.closed();
            assertThat(over).containsExactly("epoch.7.1");
            // It was begun in the moment of the end.
            server.receive(call(3));
            assertThat(over).containsExactly("epoch.7.1", "epoch.7.3");
        }
    }

    private static List<String> life(
            String epoch, ConnectionId connection, Backlog backlog, ByteBuffer... calls) {
        return serve(new Operations(epoch), connection, backlog, new ArrayList<>(), calls);
    }

    /** Which operations calls were, in order. */
    private static List<String> serve(
            Operations operations,
            ConnectionId connection,
            Backlog backlog,
            List<String> over,
            ByteBuffer... calls) {
        List<String> seen = new ArrayList<>();
        var service =
                ServiceDefinition.named("a.b")
                        .unary(
                                "Change",
                                Empty.parser(),
                                (request, context) ->
                                        operations
                                                .of(context)
                                                .call(() -> {
                                                    var current = Operation.current().orElseThrow();
                                                    seen.add(current.id());
                                                    current.onAnswered(
                                                            () -> over.add(current.id()));
                                                    return request;
                                                }),
                                Dispatch.NON_BLOCKING)
                        .build();
        try (var timer = new CallTimer()) {
            var server =
                    new ServerConnection(
                            connection, ServerConfig.of(service), new Deaf(), timer, backlog);
            for (var call : calls) {
                server.receive(call);
            }
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
        return seen;
    }

    private static Backlog backlog(int streamId) {
        return new Backlog(
                streamId,
                List.of(new Backlog.Request(call(streamId), 0)),
                0,
                ByteBuffer.allocate(0));
    }

    private static ByteBuffer call(int streamId) {
        byte[] request =
                Request.newBuilder().setService("a.b").setMethod("Change").build().toByteArray();
        return ByteBuffer.allocate(HEADER_BYTES + request.length)
                .putInt(request.length)
                .putInt(streamId)
                .put((byte) 1)
                .put((byte) 1)
                .put(request)
                .flip();
    }

    /** Sends nothing: the answers do not matter. */
    private static final class Deaf implements FrameSink {
        @Override
        public void send(int streamId, ByteBuffer frame) {}

        @Override
        public void sendPart(ByteBuffer frame) {}

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void resume() {}

        @Override
        public void idle() {}
    }
}
