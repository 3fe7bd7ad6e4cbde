// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.silica.ttrpc.wire.KeyValue;
import io.silica.ttrpc.wire.Request;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerConnectionTest {
    private final TestService service = new TestService();
    private final RecordingSink sink = new RecordingSink();
    private final CallTimer timer = new CallTimer();
    private ServerConnection connection = connection(ServerLimits.standard());

    @AfterEach
    void end() {
        service.openGate();
        connection.closed();
        timer.close();
    }

    @Test
    void aNonBlockingCallIsAnsweredBeforeReceiveReturns() throws ProtocolException {
        connection.receive(Frames.call(1, "Echo", "hello"));

        assertThat(sink.isEmpty()).isFalse();
        assertThat(sink.take()).isEqualTo(new RecordingSink.Answer(1, TtrpcStatus.OK, "hello"));
        assertThat(service.threads.element()).isEqualTo(Thread.currentThread().getName());
    }

    @Test
    void anEmptyResponseIsAFrameOfZeroLength() throws ProtocolException {
        connection.receive(Frames.call(1, "Echo", ""));

        assertThat(sink.take()).isEqualTo(new RecordingSink.Answer(1, TtrpcStatus.OK, ""));
    }

    @Test
    void aBlockingCallIsAnsweredOnAThreadNamedAfterIt() throws ProtocolException {
        connection.receive(Frames.call(5, "EchoBlocking", "hello"));

        assertThat(sink.take().value()).isEqualTo("hello");
        assertThat(service.threads.element()).isEqualTo("ttrpc-EchoBlocking-7.5");
    }

    @Test
    void aHeldCallIsAnsweredByWhoeverHasItsReply() throws Exception {
        connection.receive(Frames.call(1, "Hold", ""));
        var reply = service.held.take();
        assertThat(connection.openCalls()).isOne();

        assertThat(reply.complete(Frames.text("late"))).isTrue();
        assertThat(reply.complete(Frames.text("later"))).isFalse();

        assertThat(sink.take().value()).isEqualTo("late");
        assertThat(sink.isEmpty()).isTrue();
        assertThat(connection.openCalls()).isZero();
    }

    @Test
    void aHeldCallCanFail() throws Exception {
        connection.receive(Frames.call(1, "Hold", ""));

        service.held.take().fail(new TtrpcException(StatusCode.ABORTED, "gone"));

        assertThat(sink.take().status()).isEqualTo(TtrpcStatus.of(StatusCode.ABORTED, "gone"));
    }

    @Test
    void whatAHandlerThrowsBecomesAStatus() throws ProtocolException {
        connection.receive(Frames.call(1, "Fail", "task"));
        connection.receive(Frames.call(3, "Throw", "broken"));

        assertThat(sink.take().status()).isEqualTo(TtrpcStatus.of(StatusCode.NOT_FOUND, "no task"));
        assertThat(sink.take().status()).isEqualTo(TtrpcStatus.of(StatusCode.UNKNOWN, "broken"));
        assertThat(service.observed).containsExactly(StatusCode.NOT_FOUND, StatusCode.UNKNOWN);
    }

    @Test
    void aMapperCannotMakeASuccessOfAFailure() throws ProtocolException {
        connection = connection(service.config().withExceptions(_ -> TtrpcStatus.OK));

        connection.receive(Frames.call(1, "Fail", "task"));

        assertThat(sink.take().status().code()).isEqualTo(StatusCode.INTERNAL);
    }

    @Test
    void aResponseTooLongForAFrameIsAnsweredInWords() throws ProtocolException {
        connection.receive(Frames.call(1, "Repeat", Integer.toString(Frame.MAX_PAYLOAD_BYTES)));

        assertThat(sink.take().status().code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
    }

    @Test
    void theLongestResponseThatFitsIsAnswered() throws ProtocolException {
        int text = Frame.MAX_PAYLOAD_BYTES - 10;

        connection.receive(Frames.call(1, "Repeat", Integer.toString(text)));

        assertThat(sink.take().value()).hasSize(text);
    }

    @Test
    void afterARefusalForGoodTheConnectionIsOver() throws ProtocolException {
        connection.receive(Frames.call(1, "Leave", ""));

        assertThat(sink.take().status().code()).isEqualTo(StatusCode.UNIMPLEMENTED);
        assertThat(connection.isOver()).isTrue();
    }

    @Test
    void aClientThatOpensAStreamMaySendItsFirstMessageToARefusalForGood() throws ProtocolException {
        var request = TestService.request("Leave", Frames.text("")).build().toByteArray();
        connection.receive(Frames.frame(1, Frames.REQUEST, Frame.REMOTE_OPEN, request));
        assertThat(sink.take().status().code()).isEqualTo(StatusCode.UNIMPLEMENTED);
        assertThat(connection.isOver()).isFalse();

        connection.receive(Frames.frame(1, Frames.DATA, 0, new byte[] {1}));

        assertThat(connection.isOver()).isTrue();
        assertThat(sink.isEmpty()).isTrue();
    }

    /** Words and codes are those of Go's server, version 1.2.10. */
    static Stream<Refusal> refusals() {
        var stranger = Request.newBuilder().setService("other.Service").setMethod("Echo").build();
        var unreadable = TestService.request("Echo", Frames.text("")).setPayload(garbage()).build();
        var pair = KeyValue.getDefaultInstance();
        var pairs = Request.newBuilder();
        for (int i = 0; i < 1_000_000; i++) {
            pairs.addMetadata(pair);
        }
        var requestType = Frames.REQUEST;
        return Stream.of(
                new Refusal(
                        "unknown service",
                        Frames.request(1, stranger),
                        1,
                        StatusCode.UNIMPLEMENTED,
                        "service other.Service"),
                new Refusal(
                        "unknown method",
                        Frames.call(1, "None", ""),
                        1,
                        StatusCode.UNIMPLEMENTED,
                        "method None"),
                new Refusal(
                        "refused streaming call",
                        Frames.frame(
                                1,
                                requestType,
                                Frame.REMOTE_OPEN,
                                TestService.request("Stream", Frames.text(""))
                                        .build()
                                        .toByteArray()),
                        1,
                        StatusCode.UNIMPLEMENTED,
                        TestService.STREAMING_REFUSED),
                new Refusal(
                        "stream id 0",
                        Frames.call(0, "Echo", ""),
                        0,
                        StatusCode.INVALID_ARGUMENT,
                        "StreamID must be odd for client initiated streams"),
                new Refusal(
                        "even stream id",
                        Frames.call(2, "Echo", ""),
                        2,
                        StatusCode.INVALID_ARGUMENT,
                        "StreamID must be odd for client initiated streams"),
                new Refusal(
                        "data on no stream",
                        Frames.frame(1, Frames.DATA, 0, new byte[] {1}),
                        1,
                        StatusCode.INVALID_ARGUMENT,
                        "StreamID is no longer active"),
                new Refusal(
                        "garbage for a request",
                        Frames.frame(1, requestType, 0, new byte[] {7, 7, 7}),
                        1,
                        StatusCode.INVALID_ARGUMENT,
                        "unmarshal request error: "),
                new Refusal(
                        "payload longer than the request",
                        Frames.frame(1, requestType, 0, new byte[] {0x1a, 0x7f}),
                        1,
                        StatusCode.INVALID_ARGUMENT,
                        "unmarshal request error: "),
                new Refusal(
                        "payload of negative length",
                        Frames.frame(1, requestType, 0, new byte[] {0x1a, -1, -1, -1, -1, 0xf}),
                        1,
                        StatusCode.INVALID_ARGUMENT,
                        "unmarshal request error: "),
                new Refusal(
                        "service name that is no UTF-8",
                        Frames.frame(1, requestType, 0, new byte[] {0x0a, 1, -1}),
                        1,
                        StatusCode.INVALID_ARGUMENT,
                        "unmarshal request error: "),
                new Refusal(
                        "garbage for a payload",
                        Frames.request(1, unreadable),
                        1,
                        StatusCode.INTERNAL,
                        "ttrpc: error unmarshalling payload: "),
                new Refusal(
                        "a million metadata keys",
                        Frames.request(1, pairs.build()),
                        1,
                        StatusCode.RESOURCE_EXHAUSTED,
                        "metadata has more than 1024 entries"),
                new Refusal(
                        "length 4 MiB + 1",
                        Frames.frame(1, requestType, 0, new byte[Frame.MAX_PAYLOAD_BYTES + 1]),
                        1,
                        StatusCode.RESOURCE_EXHAUSTED,
                        "message length 4194305 exceed maximum message size of 4194304"),
                new Refusal(
                        "empty request",
                        Frames.frame(1, requestType, 0, new byte[0]),
                        1,
                        StatusCode.UNIMPLEMENTED,
                        "service "));
    }

    record Refusal(String name, ByteBuffer bytes, int streamId, StatusCode code, String words) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatAClientDoesWrongIsAnsweredOnItsStreamAndTheNextCallWorks(Refusal refusal)
            throws ProtocolException {
        connection.receive(refusal.bytes());
        connection.receive(Frames.call(101, "Echo", "still here"));

        var answer = sink.take();
        assertThat(answer.streamId()).isEqualTo(refusal.streamId());
        assertThat(answer.status().code()).isEqualTo(refusal.code());
        assertThat(answer.status().message()).startsWith(refusal.words());
        assertThat(sink.take().value()).isEqualTo("still here");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5})
    void aStreamIdThatDoesNotIncreaseIsRefused(int reused) throws ProtocolException {
        connection.receive(Frames.call(5, "Echo", ""));
        sink.take();

        connection.receive(Frames.call(reused, "Echo", ""));

        assertThat(sink.take().status().message())
                .isEqualTo("StreamID cannot be re-used and must increment");
    }

    @Test
    void streamIdsAreUnsigned() throws ProtocolException {
        connection.receive(Frames.call(Integer.MAX_VALUE, "Echo", ""));
        connection.receive(Frames.call(-1, "Echo", "largest"));

        assertThat(sink.take().status()).isEqualTo(TtrpcStatus.OK);
        assertThat(sink.take().value()).isEqualTo("largest");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Frames.RESPONSE, 4, 255})
    void framesThatAServerHasNoUseForAreIgnored(int type) throws ProtocolException {
        connection.receive(Frames.frame(1, type, 0, new byte[] {1, 2, 3}));
        connection.receive(Frames.call(1, "Echo", "heard"));

        assertThat(sink.take().value()).isEqualTo("heard");
    }

    @Test
    void bytesThatAreNotTtrpcEndTheConnection() {
        var http =
                ByteBuffer.wrap(
                        "GET / HTTP/1.1\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

        assertThatThrownBy(() -> connection.receive(http)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void metadataAndDeadlineReachTheHandler() throws Exception {
        var request =
                TestService.request("Echo", Frames.text(""))
                        .setTimeoutNano(TimeUnit.HOURS.toNanos(1))
                        .addMetadata(KeyValue.newBuilder().setKey("Namespace").setValue("k8s.io"))
                        .addMetadata(KeyValue.newBuilder().setKey("namespace").setValue("moby"))
                        .build();

        connection.receive(Frames.request(1, request));

        var context = service.contexts.take();
        assertThat(context.metadata().all("NAMESPACE")).containsExactly("k8s.io", "moby");
        assertThat(context.remaining())
                .hasValueSatisfying(left ->
                        assertThat(left).isBetween(Duration.ofMinutes(59), Duration.ofHours(1)));
        assertThat(context.connection()).isEqualTo(new ConnectionId(7));
        assertThat(context.isReplay()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1})
    void aDeadlineInCenturiesIsNotOneInThePast(long nanos) throws ProtocolException {
        var request = TestService.request("Echo", Frames.text("")).setTimeoutNano(nanos).build();

        connection.receive(Frames.request(1, request));

        assertThat(sink.take().status()).isEqualTo(TtrpcStatus.OK);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE})
    void aCallWhoseDeadlineHasPassedIsNotBegun(long nanos) throws ProtocolException {
        var request = TestService.request("Echo", Frames.text("")).setTimeoutNano(nanos).build();

        connection.receive(Frames.request(1, request));

        assertThat(sink.take().status().code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(service.contexts).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Block", "Hold"})
    void aCallIsCancelledAndAnsweredAtItsDeadline(String method) throws Exception {
        var request = TestService.request(method, Frames.text(""));

        connection.receive(
                Frames.request(
                        1, request.setTimeoutNano(TimeUnit.MILLISECONDS.toNanos(50)).build()));

        assertThat(sink.take().status().code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(service.cancellations.take()).isEqualTo(Cancellation.DEADLINE_EXCEEDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Block", "Hold"})
    void aConnectionThatIsGoneCancelsItsCalls(String method) throws Exception {
        connection.receive(Frames.call(1, method, ""));
        var context = service.contexts.take();

        connection.closed();

        assertThat(service.cancellations.take()).isEqualTo(Cancellation.CONNECTION_CLOSED);
        assertThat(context.cancellation()).contains(Cancellation.CONNECTION_CLOSED);
        assertThat(sink.isEmpty()).isTrue();
    }

    @Test
    void aCallbackRegisteredTooLateRunsAtOnceAndOneOfAnAnsweredCallNever() throws Exception {
        connection.receive(Frames.call(1, "Hold", ""));
        connection.receive(Frames.call(3, "Hold", ""));
        var answered = service.contexts.take();
        var cancelled = service.contexts.take();
        service.held.take().complete(Frames.text(""));
        connection.closed();

        cancelled.onCancel(() -> service.cancellations.add(Cancellation.DEADLINE_EXCEEDED));

        assertThat(service.cancellations)
                .containsExactly(Cancellation.CONNECTION_CLOSED, Cancellation.DEADLINE_EXCEEDED);
        assertThat(answered.cancellation()).isEmpty();
    }

    @Test
    void requestsBeyondTheLimitStayUnreadUntilACallEnds() throws ProtocolException {
        connection = connection(ServerLimits.standard().withRunningCalls(2));
        var bytes =
                Frames.concatenation(
                        List.of(
                                Frames.call(1, "Block", "a"),
                                Frames.call(3, "Block", "b"),
                                Frames.call(5, "Echo", "c")));
        int last = Frames.call(5, "Echo", "c").remaining();

        connection.receive(bytes);
        assertThat(bytes.remaining()).isEqualTo(last);
        assertThat(sink.resumed).hasValue(0);

        service.openGate();
        assertThat(List.of(sink.take().value(), sink.take().value()))
                .containsExactlyInAnyOrder("a", "b");
        while (sink.resumed.get() == 0) {
            Thread.onSpinWait();
        }
        connection.receive(bytes);
        assertThat(sink.take().value()).isEqualTo("c");
    }

    @Test
    void requestsOfAClientThatTakesNoAnswersStayUnread() throws ProtocolException {
        sink.writable = false;
        var bytes = Frames.call(1, "Echo", "a");

        connection.receive(bytes);
        assertThat(sink.isEmpty()).isTrue();

        sink.writable = true;
        connection.receive(bytes);
        assertThat(sink.take().value()).isEqualTo("a");
    }

    @Test
    void heldCallsBeyondTheLimitAreRefusedWhileOthersAreServed() throws Exception {
        connection = connection(ServerLimits.standard().withHeldCalls(1));
        connection.receive(Frames.call(1, "Hold", ""));
        connection.receive(Frames.call(3, "Hold", ""));
        connection.receive(Frames.call(5, "Echo", "served"));

        assertThat(sink.take().status().code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(sink.take().value()).isEqualTo("served");

        service.held.take().complete(Frames.text("ended"));
        connection.receive(Frames.call(7, "Hold", ""));
        service.held.take().complete(Frames.text("held again"));
        assertThat(sink.take().value()).isEqualTo("ended");
        assertThat(sink.take().value()).isEqualTo("held again");
    }

    private static ByteString garbage() {
        return ByteString.copyFrom(new byte[] {0x0a, 0x7f});
    }

    private ServerConnection connection(ServerLimits limits) {
        return connection(service.config().withLimits(limits));
    }

    private ServerConnection connection(ServerConfig config) {
        return new ServerConnection(new ConnectionId(7), config, sink, timer);
    }
}
