// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our client against a server that the test plays byte by byte, as a hostile guest could. */
@Timeout(60)
final class TtrpcClientTest {
    @TempDir private Path directory;
    private SocketChannel peer;
    private TtrpcClient client;

    @BeforeEach
    void connect() throws IOException {
        connect(1);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        peer.close();
    }

    @Test
    void streamIdsAreOddAndIncreaseInTheOrderOnTheWire() throws IOException {
        for (int i = 0; i < 50; i++) {
            var _ = begin(CallOptions.none());
        }
        for (int i = 0; i < 50; i++) {
            assertThat(frame().getInt(4)).isEqualTo(2 * i + 1);
        }
    }

    @Test
    void answersComeInAnyOrder() throws Exception {
        var first = begin(CallOptions.none());
        frame();
        var second = begin(CallOptions.none());
        frame();

        peer.write(answer(3, "second"));
        assertThat(second.get()).isEqualTo("second");
        peer.write(answer(1, "first"));
        assertThat(first.get()).isEqualTo("first");
    }

    @Test
    void metadataAndTimeoutAreSent() throws IOException {
        var _ =
                begin(
                        CallOptions.timeout(Duration.ofSeconds(100))
                                .withMetadata("Namespace", "k8s.io")
                                .withMetadata("namespace", "moby"));

        var frame = frame();
        var request = Request.parseFrom(frame.slice(Frame.HEADER_BYTES, frame.getInt(0)));
        assertThat(Metadata.fromWire(request.getMetadataList()).all("namespace"))
                .containsExactly("k8s.io", "moby");
        assertThat(Duration.ofNanos(request.getTimeoutNano()))
                .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(100));
    }

    @Test
    void aLateAnswerIsDroppedAndCountedAndTheNextCallWorks() throws Exception {
        assertThatThrownBy(() -> call(CallOptions.timeout(Duration.ofMillis(20))))
                .isInstanceOfSatisfying(
                        TtrpcException.class,
                        e -> assertThat(e.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED));
        frame();
        peer.write(answer(1, "late"));
        peer.write(answer(99, "never asked"));

        var next = begin(CallOptions.none());
        frame();
        peer.write(answer(3, "next"));
        assertThat(next.get()).isEqualTo("next");
        assertThat(client.droppedAnswers()).isEqualTo(2);
    }

    @Test
    void aCallWithoutTimeLeftIsNotSent() throws Exception {
        assertThatThrownBy(() -> call(CallOptions.timeout(Duration.ZERO)))
                .isInstanceOf(TtrpcException.class);

        var _ = begin(CallOptions.none());
        assertThat(frame().getInt(4)).isEqualTo(1);
    }

    @Test
    void anInterruptEndsOneCallAndNotTheConnection() throws Exception {
        var outcome = new CompletableFuture<StatusCode>();
        var caller =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                call(CallOptions.none());
                            } catch (TtrpcException e) {
                                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                                outcome.complete(e.code());
                            }
                        });
        frame();
        caller.interrupt();
        assertThat(outcome.get()).isEqualTo(StatusCode.CANCELLED);

        var next = begin(CallOptions.none());
        frame();
        peer.write(answer(3, "still open"));
        assertThat(next.get()).isEqualTo("still open");
    }

    @Test
    void theServersStatusIsThrownWithItsDetails() throws Exception {
        var detail = Any.pack(Frames.text("more"));
        var status = new TtrpcStatus(StatusCode.NOT_FOUND, "no task", List.of(detail));
        var call = begin(CallOptions.none());
        frame();

        peer.write(respond(1, Response.newBuilder().setStatus(status.toWire()).build()));

        assertThat(failure(call).status()).isEqualTo(status);
    }

    static Stream<BadAnswer> badAnswers() {
        var garbage = new byte[] {0x0a, 0x7f};
        var badPayload = Response.newBuilder().setPayload(ByteString.copyFrom(garbage)).build();
        var strangeCode =
                Response.newBuilder()
                        .setStatus(TtrpcStatus.OK.toWire().toBuilder().setCode(4711))
                        .build();
        var tooLong = new byte[Frame.MAX_PAYLOAD_BYTES + 1];
        return Stream.of(
                new BadAnswer(
                        "garbage for a response",
                        Frames.frame(1, Frames.RESPONSE, 0, garbage),
                        StatusCode.INTERNAL),
                new BadAnswer("garbage for a payload", respond(1, badPayload), StatusCode.INTERNAL),
                new BadAnswer(
                        "a data frame",
                        Frames.frame(1, Frames.DATA, 0, new byte[0]),
                        StatusCode.INTERNAL),
                new BadAnswer("a code of no meaning", respond(1, strangeCode), StatusCode.UNKNOWN),
                new BadAnswer(
                        "4 MiB + 1",
                        Frames.frame(1, Frames.RESPONSE, 0, tooLong),
                        StatusCode.RESOURCE_EXHAUSTED));
    }

    @ParameterizedTest
    @MethodSource("badAnswers")
    void anAnswerThatCannotBeUnderstoodFailsItsCallOnly(BadAnswer answer) throws Exception {
        var call = begin(CallOptions.none());
        frame();
        while (answer.bytes().hasRemaining()) {
            peer.write(answer.bytes());
        }
        assertThat(failure(call).code()).isEqualTo(answer.code());

        var next = begin(CallOptions.none());
        frame();
        peer.write(answer(3, "next"));
        assertThat(next.get()).isEqualTo("next");
    }

    @Test
    void bytesThatAreNotTtrpcFailEveryCall() throws Exception {
        var call = begin(CallOptions.none());
        frame();

        peer.write(Frames.header(-1, 1, Frames.RESPONSE));

        assertThat(failure(call).code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void aServerThatVanishesFailsCallsInFlightAndLaterOnes() throws Exception {
        var closed = new CountDownLatch(2);
        client.onClose(closed::countDown);
        var call = begin(CallOptions.none());
        frame();

        peer.close();

        assertThat(failure(call).code()).isEqualTo(StatusCode.UNAVAILABLE);
        client.onClose(closed::countDown);
        closed.await();
        assertThatThrownBy(() -> call(CallOptions.none()))
                .isInstanceOfSatisfying(
                        TtrpcException.class,
                        e -> assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE));
    }

    @Test
    void closingTheClientFailsCallsInFlight() throws Exception {
        var call = begin(CallOptions.none());
        frame();

        client.close();

        assertThat(failure(call).code()).isEqualTo(StatusCode.UNAVAILABLE);
    }

    @Test
    void aRequestTooLongForAFrameIsNotSent() {
        var text = Frames.text("x".repeat(Frame.MAX_PAYLOAD_BYTES));

        assertThatThrownBy(
                        () -> client.call("s", "m", text, StringValue.parser(), CallOptions.none()))
                .isInstanceOfSatisfying(
                        TtrpcException.class,
                        e -> assertThat(e.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED));
    }

    @Test
    void aServerThatDoesNotReadHoldsACallerUntilItsDeadline() {
        var text = Frames.text("x".repeat(3 << 20));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() ->
                            client.call(
                                    "s",
                                    "m",
                                    text,
                                    StringValue.parser(),
                                    CallOptions.timeout(Duration.ofMillis(50))))
                    .isInstanceOfSatisfying(
                            TtrpcException.class,
                            e -> assertThat(e.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED));
        }
    }

    @Test
    void aConnectionWhoseIdsAreUsedUpMakesNoMoreCalls() throws Exception {
        close();
        connect(-1);
        var last = begin(CallOptions.none());
        assertThat(frame().getInt(4)).isEqualTo(-1);
        peer.write(answer(-1, "last"));
        assertThat(last.get()).isEqualTo("last");

        assertThatThrownBy(() -> call(CallOptions.none()))
                .isInstanceOfSatisfying(
                        TtrpcException.class,
                        e -> assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE));
    }

    private void connect(int firstStreamId) throws IOException {
        var address = UnixDomainSocketAddress.of(directory.resolve("s" + firstStreamId));
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            var channel = SocketChannel.open(address);
            client =
                    new TtrpcClient(
                            new ChannelPair(channel, channel),
                            firstStreamId,
                            StreamLimits.standard());
            peer = listener.accept();
        }
    }

    private String call(CallOptions options) {
        return client.call(
                        TestService.NAME,
                        "Echo",
                        Frames.text("hello"),
                        StringValue.parser(),
                        options)
                .getValue();
    }

    private CompletableFuture<String> begin(CallOptions options) {
        var outcome = new CompletableFuture<String>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        outcome.complete(call(options));
                    } catch (TtrpcException e) {
                        outcome.completeExceptionally(e);
                    }
                });
        return outcome;
    }

    private static TtrpcException failure(CompletableFuture<String> call) {
        return (TtrpcException) call.handle((_, failure) -> failure).join();
    }

    /** The next frame that the client sent. */
    private ByteBuffer frame() throws IOException {
        var header = read(ByteBuffer.allocate(Frame.HEADER_BYTES));
        return read(ByteBuffer.allocate(Frame.HEADER_BYTES + header.getInt(0)).put(header));
    }

    private ByteBuffer read(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (peer.read(target) < 0) {
                throw new AssertionError("the client closed the connection");
            }
        }
        return target.flip();
    }

    private static ByteBuffer answer(int streamId, String text) {
        var payload = Frames.text(text).toByteString();
        return respond(streamId, Response.newBuilder().setPayload(payload).build());
    }

    private static ByteBuffer respond(int streamId, Response response) {
        return Frames.frame(streamId, Frames.RESPONSE, 0, response.toByteArray());
    }
}
