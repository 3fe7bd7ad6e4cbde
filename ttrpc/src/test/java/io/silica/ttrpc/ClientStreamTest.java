// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import io.silica.ttrpc.wire.Request;
import io.silica.ttrpc.wire.Response;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our client's streams against a server that the test plays byte by byte. */
@Timeout(60)
final class ClientStreamTest {
    private static final StreamLimits SHORT = new StreamLimits(100, Duration.ofMillis(20));

    @TempDir private Path directory;
    private SocketChannel peer;
    private TtrpcClient client;

    @BeforeEach
    void connect() throws IOException {
        connect(StreamLimits.standard());
    }

    @AfterEach
    void nothingIsLeftOpen() throws IOException {
        assertThat(client.openCalls()).isZero();
        client.close();
        peer.close();
    }

    @Test
    void theRequestOfAStreamOfResponsesClosesTheClientsSide() throws Exception {
        try (var numbers = serverStreaming(CallOptions.none())) {
            var request = read();
            assertThat(request.flags()).isEqualTo(Frame.REMOTE_CLOSED);
            assertThat(Request.parseFrom(request.payload()).getPayload())
                    .isEqualTo(Frames.text("3").toByteString());
            write(Frames.data(1, "1"));
            write(Frames.data(1, ""));
            write(Frames.close(1));

            assertThat(numbers).extracting(StringValue::getValue).containsExactly("1", "");
            assertThat(numbers.receive()).isEmpty();
        }
    }

    @Test
    void theRequestOfAStreamOfRequestsHasNoMessage() throws Exception {
        try (var words = clientStreaming()) {
            var request = read();
            assertThat(request.flags()).isEqualTo(Frame.REMOTE_OPEN);
            assertThat(Request.parseFrom(request.payload()).getPayload())
                    .isEqualTo(ByteString.EMPTY);
            words.send(Frames.text("a"));
            write(respond(Response.newBuilder().setPayload(Frames.text("a").toByteString())));

            assertThat(words.finish().getValue()).isEqualTo("a");

            assertThat(read()).isEqualTo(new Received(3, 0, Frames.text("a").toByteString()));
        }
    }

    @Test
    void theEndOfTheRequestsIsAFrameWithoutData() throws Exception {
        try (var chat = bidirectional(CallOptions.none())) {
            read();
            chat.closeSend();
            chat.closeSend();
            assertThat(read())
                    .isEqualTo(
                            new Received(3, Frame.REMOTE_CLOSED | Frame.NO_DATA, ByteString.EMPTY));

            assertThatThrownBy(() -> chat.send(Frames.text("late")))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aResponseFrameMayBringTheLastMessageOfAStreamOrNone() throws Exception {
        try (var numbers = serverStreaming(CallOptions.none());
                var none = serverStreaming(CallOptions.none())) {
            write(Frames.data(1, "1"));
            write(respond(Response.newBuilder().setPayload(Frames.text("2").toByteString())));
            write(Frames.frame(3, Frames.RESPONSE, 0, new byte[0]));

            assertThat(numbers).extracting(StringValue::getValue).containsExactly("1", "2");
            assertThat(none).isEmpty();
        }
    }

    @Test
    void theLastMessageMayCloseTheStream() throws Exception {
        try (var numbers = serverStreaming(CallOptions.none())) {
            write(
                    Frames.frame(
                            1,
                            Frames.DATA,
                            Frame.REMOTE_CLOSED,
                            Frames.text("only").toByteArray()));

            assertThat(numbers).extracting(StringValue::getValue).containsExactly("only");
        }
    }

    @Test
    void aFailureComesAfterTheMessagesBeforeItAndEndsTheSending() throws Exception {
        var status = TtrpcStatus.of(StatusCode.ABORTED, "enough");
        try (var chat = bidirectional(CallOptions.none())) {
            write(Frames.data(1, "one"));
            write(respond(Response.newBuilder().setStatus(status.toWire())));

            assertThat(chat.receive().orElseThrow().getValue()).isEqualTo("one");
            assertThat(failure(chat::receive)).isEqualTo(status);
            assertThat(failure(() -> chat.send(Frames.text("more")))).isEqualTo(status);
        }
    }

    @Test
    void aServerThatEndsTheCallWellTakesNoMore() throws Exception {
        try (var chat = bidirectional(CallOptions.none())) {
            write(Frames.close(1));
            assertThat(chat.receive()).isEmpty();

            assertThat(failure(() -> chat.send(Frames.text("more"))).code())
                    .isEqualTo(StatusCode.FAILED_PRECONDITION);
        }
    }

    static Stream<BadAnswer> badAnswers() {
        var garbage = new byte[] {0x0a, 0x7f};
        var tooLong = new byte[Frame.MAX_PAYLOAD_BYTES + 1];
        return Stream.of(
                new BadAnswer(
                        "garbage for a message",
                        Frames.frame(1, Frames.DATA, 0, garbage),
                        StatusCode.INTERNAL),
                new BadAnswer(
                        "garbage for a response",
                        Frames.frame(1, Frames.RESPONSE, 0, garbage),
                        StatusCode.INTERNAL),
                new BadAnswer(
                        "a payload without data",
                        Frames.frame(1, Frames.DATA, Frame.NO_DATA, new byte[] {1}),
                        StatusCode.INTERNAL),
                new BadAnswer("a request", Frames.call(1, "Echo", "you"), StatusCode.INTERNAL),
                new BadAnswer(
                        "4 MiB + 1",
                        Frames.frame(1, Frames.DATA, 0, tooLong),
                        StatusCode.RESOURCE_EXHAUSTED));
    }

    @ParameterizedTest
    @MethodSource("badAnswers")
    void anAnswerAgainstTheRulesFailsItsStreamOnly(BadAnswer answer) throws Exception {
        try (var chat = bidirectional(CallOptions.none());
                var other = serverStreaming(CallOptions.none())) {
            write(answer.bytes());
            write(Frames.data(3, "still here"));

            assertThat(failure(chat::receive).code()).isEqualTo(answer.code());
            assertThat(other.receive().orElseThrow().getValue()).isEqualTo("still here");
        }
    }

    @Test
    void aDataFrameIsNoAnswerToAStreamOfRequests() throws Exception {
        try (var words = clientStreaming()) {
            write(Frames.data(1, "no"));

            assertThat(failure(words::finish).code()).isEqualTo(StatusCode.INTERNAL);
        }
    }

    @Test
    void closingAStreamEndsItForTheServerAndLaterMessagesAreDropped() throws Exception {
        var chat = bidirectional(CallOptions.none());
        read();

        chat.close();
        chat.close();

        assertThat(read().flags()).isEqualTo(Frame.REMOTE_CLOSED | Frame.NO_DATA);
        assertThat(failure(chat::receive).code()).isEqualTo(StatusCode.CANCELLED);
        write(Frames.data(1, "late"));
        while (client.droppedAnswers() == 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void theTimeoutIsThatOfTheWholeCallAndTheServerKnowsIt() throws Exception {
        try (var chat = bidirectional(CallOptions.timeout(Duration.ofMillis(50)))) {
            var request = Request.parseFrom(read().payload());
            assertThat(request.getTimeoutNano()).isBetween(1L, 50_000_000L);

            assertThat(failure(chat::receive).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
            assertThat(failure(() -> chat.send(Frames.text("late"))).code())
                    .isEqualTo(StatusCode.DEADLINE_EXCEEDED);
            assertThat(read().flags()).isEqualTo(Frame.REMOTE_CLOSED | Frame.NO_DATA);
        }
    }

    @Test
    void aServerThatVanishesEndsTheStreamAfterWhatItHasSent() throws Exception {
        try (var chat = bidirectional(CallOptions.none())) {
            write(Frames.data(1, "last"));
            peer.close();

            assertThat(chat.receive().orElseThrow().getValue()).isEqualTo("last");
            assertThat(failure(chat::receive).code()).isEqualTo(StatusCode.UNAVAILABLE);
            assertThat(failure(() -> chat.send(Frames.text("more"))).code())
                    .isEqualTo(StatusCode.UNAVAILABLE);
        }
    }

    @Test
    void anInterruptEndsTheWaitAndNotTheStream() throws Exception {
        try (var chat = bidirectional(CallOptions.none())) {
            var outcome = new CompletableFuture<StatusCode>();
            var receiver =
                    Thread.ofVirtual().start(() -> outcome.complete(failure(chat::receive).code()));
            receiver.interrupt();
            assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo(StatusCode.CANCELLED);

            write(Frames.data(1, "still there"));
            assertThat(chat.receive().orElseThrow().getValue()).isEqualTo("still there");
        }
    }

    @Test
    void aStreamThatNobodyTakesFailsAndTheOthersGoOn() throws Exception {
        client.close();
        connect(SHORT);
        try (var slow = serverStreaming(CallOptions.none());
                var other = serverStreaming(CallOptions.none())) {
            write(Frames.data(1, "x".repeat(100)));
            write(Frames.data(3, "other"));

            assertThat(other.receive().orElseThrow().getValue()).isEqualTo("other");
            assertThat(slow.receive()).isPresent();
            assertThat(failure(slow::receive).code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        }
    }

    private void connect(StreamLimits limits) throws IOException {
        var address = UnixDomainSocketAddress.of(directory.resolve("s" + limits.queuedBytes()));
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            var channel = SocketChannel.open(address);
            client = TtrpcClient.over(channel, channel, limits);
            peer = listener.accept();
        }
    }

    private ResponseStream<StringValue> serverStreaming(CallOptions options) {
        return client.serverStreaming(
                TestService.NAME, "Count", Frames.text("3"), StringValue.parser(), options);
    }

    private RequestStream<StringValue, StringValue> clientStreaming() {
        return client.clientStreaming(
                TestService.NAME, "Join", StringValue.parser(), CallOptions.none());
    }

    private DuplexStream<StringValue, StringValue> bidirectional(CallOptions options) {
        return client.bidirectional(TestService.NAME, "Chat", StringValue.parser(), options);
    }

    private static TtrpcStatus failure(Runnable action) {
        try {
            action.run();
        } catch (TtrpcException e) {
            return e.status();
        }
        throw new AssertionError("it did not fail");
    }

    record Received(int type, int flags, ByteString payload) {}

    /** The next frame that the client sent. */
    private Received read() throws IOException {
        var header = fill(ByteBuffer.allocate(Frame.HEADER_BYTES));
        var payload = fill(ByteBuffer.allocate(header.getInt(0)));
        return new Received(header.get(8), header.get(9), ByteString.copyFrom(payload));
    }

    private ByteBuffer fill(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (peer.read(target) < 0) {
                throw new AssertionError("the client closed the connection");
            }
        }
        return target.flip();
    }

    private void write(ByteBuffer frame) throws IOException {
        while (frame.hasRemaining()) {
            peer.write(frame);
        }
    }

    private static ByteBuffer respond(Response.Builder response) {
        return Frames.frame(1, Frames.RESPONSE, 0, response.build().toByteArray());
    }
}
