// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.silica.linux.leaks.LeakCheck;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.MessageSink;
import io.silica.ttrpc.MessageSource;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcServer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
@Timeout(60)
class StreamConnectionTest {
    @TempDir Path directory;
    private final Listening user = new Listening();

    @Test
    void whoHasJoinedIsToldOfTheEndHoweverLittleHadCome() throws IOException {
        with(connection -> {
            connection.use(user);
            assertThat(connection.isOpen()).isTrue();
            connection.over();
        });
        assertThat(user.told).containsExactly("connected", "disconnected");
    }

    @Test
    void whoJoinsAStreamThatIsOverDoesNotGetIt() throws IOException {
        with(connection -> {
            connection.over();
            connection.use(user);
        });
        assertThat(user.told).isEmpty();
    }

    @Test
    void aStreamThatWasOpenedAgainIsNotOpen() throws IOException {
        with(connection -> {
            connection.replaced();
            user.told.add("open: " + connection.isOpen());
            boolean _ = Thread.interrupted();
        });
        assertThat(user.told).containsExactly("open: false");
    }

    /** Does something with a stream of a real call, before anything is carried. */
    private void with(Consumer<StreamConnection> work) throws IOException {
        StreamMethod method =
                (messages, context, answers) ->
                        work.accept(new StreamConnection("id", messages, answers, context));
        var service =
                ServiceDefinition.named("test")
                        .bidirectional("Stream", Any.parser(), method::stream)
                        .build();
        Path socket = directory.resolve("test.sock");
        try (var server = new TtrpcServer(ServerConfig.of(List.of(service)))) {
            server.listen(
                    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                            .bind(UnixDomainSocketAddress.of(socket)));
            try (var client = TtrpcClient.connect(socket);
                    var stream =
                            client.bidirectional(
                                    "test", "Stream", Any.parser(), CallOptions.none())) {
                assertThat(stream.receive()).isEmpty();
            }
        }
    }

    /** As the service has it. */
    @FunctionalInterface
    private interface StreamMethod {
        void stream(MessageSource<Any> messages, CallContext context, MessageSink<Any> answers);
    }

    private static final class Listening implements StreamUser {
        private final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void connected(StreamConnection connection) {
            told.add("connected");
        }

        @Override
        public void disconnected(StreamConnection connection, boolean closed) {
            told.add("disconnected");
        }

        @Override
        public void granted() {}

        @Override
        public void received(ByteString bytes) {}
    }
}
