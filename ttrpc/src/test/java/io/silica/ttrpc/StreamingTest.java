// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams between our server and our client over real sockets. */
@Timeout(60)
final class StreamingTest {
    private final TestService service = new TestService();
    private final TtrpcServer server = new TtrpcServer(service.config());
    @TempDir private Path directory;
    private Path socket;

    @BeforeEach
    void listen() throws IOException {
        socket = directory.resolve("s");
        var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.listen(listener.bind(UnixDomainSocketAddress.of(socket)));
    }

    @AfterEach
    void end() {
        service.openGate();
        server.close();
        assertThat(server.connections()).isZero();
    }

    @Test
    void eachKindOfStreamWorks() throws IOException {
        try (var client = TtrpcClient.connect(socket)) {
            callEachKind(client);
            assertThat(client.openCalls()).isZero();
        }
    }

    @Test
    void eachKindOfStreamWorksOverAPairOfPipes() throws IOException {
        var toServer = Pipe.open();
        var toClient = Pipe.open();
        server.serve(toServer.source(), toClient.sink());
        try (var client = TtrpcClient.over(toClient.source(), toServer.sink())) {
            callEachKind(client);
        }
    }

    @Test
    void manyStreamsAndCallsShareOneConnection() throws Exception {
        try (var client = TtrpcClient.connect(socket);
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var outcomes = new ArrayList<Future<Boolean>>();
            for (int i = 0; i < 60; i++) {
                outcomes.add(
                        callers.submit(i % 2 == 0 ? () -> talks(client) : () -> calls(client)));
            }
            for (var outcome : outcomes) {
                assertThat(outcome.get()).isTrue();
            }
            assertThat(client.openCalls()).isZero();
            assertThat(client.droppedAnswers()).isZero();
        }
    }

    @Test
    void moreThanTheQueuesHoldPassesInOrderWhenItIsTaken() throws Exception {
        int messages = 500;
        var filler = "x".repeat(10_000);
        try (var client = TtrpcClient.connect(socket);
                var chat = chat(client);
                var senders = Executors.newVirtualThreadPerTaskExecutor()) {
            var sent =
                    senders.submit(() -> {
                        for (int i = 0; i < messages; i++) {
                            chat.send(Frames.text(i + filler));
                        }
                        chat.closeSend();
                        return true;
                    });
            int next = 0;
            for (var message : chat) {
                assertThat(message.getValue()).isEqualTo(next++ + filler);
            }
            assertThat(next).isEqualTo(messages);
            assertThat(sent.get()).isTrue();
        }
    }

    @Test
    void aFloodThatIsGivenUpEndsWithTheConnection() throws Exception {
        try (var client = TtrpcClient.connect(socket)) {
            try (var flood = responses(client, "Flood", "x".repeat(1000))) {
                assertThat(flood.receive()).isPresent();
            }
            assertThat(calls(client)).isTrue();
        }
        awaitNoConnections();
    }

    @Test
    void aClientThatVanishesInTheMiddleEndsTheHandler() throws Exception {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(Frames.open(1, "Session", Frame.REMOTE_OPEN));
            channel.write(Frames.data(1, "one"));
            assertThat(service.sessions.take().requests().receive()).isPresent();
        }

        assertThat(service.cancellations.take()).isEqualTo(Cancellation.CONNECTION_CLOSED);
        service.openGate();
        awaitNoConnections();
    }

    @Test
    void aServerThatVanishesInTheMiddleEndsTheStream() throws Exception {
        try (var client = TtrpcClient.connect(socket);
                var chat = chat(client)) {
            chat.send(Frames.text("one"));
            assertThat(chat.receive()).isPresent();

            server.close();

            assertThatThrownBy(chat::receive)
                    .isInstanceOfSatisfying(
                            TtrpcException.class,
                            e -> assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE));
            assertThat(client.openCalls()).isZero();
        }
    }

    @Test
    void twoSidesThatOnlySendDoNotHangForEver() throws Exception {
        var text = "x".repeat(100_000);
        try (var client = TtrpcClient.connect(socket);
                var chat = chat(client)) {
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    chat.send(Frames.text(text));
                                }
                            })
                    .isInstanceOfSatisfying(
                            TtrpcException.class,
                            e -> assertThat(e.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED));
            assertThat(calls(client)).isTrue();
        }
    }

    @Test
    void shutdownWaitsForTheStreamsThatAreOpen() throws Exception {
        try (var client = TtrpcClient.connect(socket);
                var chat = chat(client);
                var others = Executors.newVirtualThreadPerTaskExecutor()) {
            chat.send(Frames.text("one"));
            assertThat(chat.receive()).isPresent();
            Callable<Boolean> shutdown = () -> server.shutdown(Duration.ofSeconds(30));
            var drained = others.submit(shutdown);

            chat.send(Frames.text("two"));
            assertThat(chat.receive()).isPresent();
            chat.closeSend();
            assertThat(chat.receive()).isEmpty();

            assertThat(drained.get()).isTrue();
        }
    }

    private void awaitNoConnections() {
        while (server.connections() > 0) {
            Thread.onSpinWait();
        }
    }

    private static void callEachKind(TtrpcClient client) {
        try (var numbers = responses(client, "Count", "3")) {
            assertThat(numbers).extracting(StringValue::getValue).containsExactly("1", "2", "3");
        }
        try (var words =
                client.<StringValue, StringValue>clientStreaming(
                        TestService.NAME, "Join", StringValue.parser(), CallOptions.none())) {
            words.send(Frames.text("a"));
            words.send(Frames.text("b"));
            assertThat(words.finish().getValue()).isEqualTo("ab");
        }
        assertThat(talks(client)).isTrue();
    }

    private static boolean talks(TtrpcClient client) {
        try (var chat = chat(client)) {
            for (int i = 0; i < 50; i++) {
                var text = Integer.toString(i);
                chat.send(Frames.text(text));
                assertThat(chat.receive().orElseThrow().getValue()).isEqualTo(text);
            }
            chat.closeSend();
            return chat.receive().isEmpty();
        }
    }

    private static boolean calls(TtrpcClient client) {
        var answer =
                client.call(
                        TestService.NAME,
                        "Echo",
                        Frames.text("hello"),
                        StringValue.parser(),
                        CallOptions.none());
        return answer.getValue().equals("hello");
    }

    private static ResponseStream<StringValue> responses(
            TtrpcClient client, String method, String request) {
        return client.serverStreaming(
                TestService.NAME,
                method,
                Frames.text(request),
                StringValue.parser(),
                CallOptions.none());
    }

    private static DuplexStream<StringValue, StringValue> chat(TtrpcClient client) {
        return client.bidirectional(
                TestService.NAME, "Chat", StringValue.parser(), CallOptions.none());
    }
}
