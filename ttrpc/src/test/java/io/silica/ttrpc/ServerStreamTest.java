// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.ttrpc.RecordingSink.Answer;
import io.silica.ttrpc.RecordingSink.Part;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams frame by frame, as a client that keeps to the rules or does not would send them. */
@Timeout(60)
final class ServerStreamTest {
    private static final int OPEN = Frame.REMOTE_OPEN;
    private static final int CLOSED = Frame.REMOTE_CLOSED;
    private static final int NO_DATA = Frame.NO_DATA;

    private final TestService service = new TestService();
    private final RecordingSink sink = new RecordingSink();
    private final CallTimer timer = new CallTimer();
    private ServerConnection connection = connection(ServerLimits.standard());

    @AfterEach
    void nothingIsLeftOpen() {
        service.openGate();
        connection.closed();
        while (connection.openCalls() > 0) {
            Thread.onSpinWait();
        }
        timer.close();
    }

    @Test
    void aStreamOfResponsesEndsWithAFrameWithoutData() throws Exception {
        var request = TestService.request("Count", Frames.text("2")).build();

        connection.receive(Frames.frame(1, Frames.REQUEST, CLOSED, request.toByteArray()));

        assertThat(sink.takePart()).isEqualTo(new Part(1, 0, "1"));
        assertThat(sink.takePart()).isEqualTo(new Part(1, 0, "2"));
        assertThat(sink.takePart()).isEqualTo(Part.end(1));
    }

    @Test
    void aStreamOfRequestsEndsWithAResponse() throws Exception {
        connection.receive(Frames.open(1, "Join", OPEN));
        connection.receive(Frames.data(1, "a"));
        connection.receive(Frames.data(1, "b"));
        connection.receive(Frames.close(1));

        assertThat(sink.take()).isEqualTo(new Answer(1, TtrpcStatus.OK, "ab"));
    }

    @Test
    void bothSidesStreamAndOtherCallsGoOn() throws Exception {
        connection.receive(Frames.open(1, "Chat", OPEN));
        connection.receive(Frames.open(3, "Chat", OPEN));
        connection.receive(Frames.data(3, "second"));
        assertThat(sink.takePart()).isEqualTo(new Part(3, 0, "second"));
        connection.receive(Frames.call(5, "Echo", "between"));
        assertThat(sink.take().value()).isEqualTo("between");
        connection.receive(Frames.data(1, "first"));
        assertThat(sink.takePart()).isEqualTo(new Part(1, 0, "first"));

        connection.receive(Frames.close(1));

        assertThat(sink.takePart()).isEqualTo(Part.end(1));
    }

    @Test
    void theRequestMayBringTheFirstMessageAndAnEmptyMessageIsOne() throws Exception {
        var request = TestService.request("Chat", Frames.text("first")).build();
        connection.receive(Frames.frame(1, Frames.REQUEST, OPEN, request.toByteArray()));
        assertThat(sink.takePart().value()).isEqualTo("first");

        connection.receive(Frames.data(1, ""));

        assertThat(sink.takePart()).isEqualTo(new Part(1, 0, ""));
    }

    @Test
    void theLastMessageMayCloseTheStream() throws Exception {
        connection.receive(Frames.open(1, "Join", OPEN));
        connection.receive(Frames.frame(1, Frames.DATA, CLOSED, Frames.text("last").toByteArray()));

        assertThat(sink.take().value()).isEqualTo("last");
    }

    @Test
    void whatAHandlerThrowsEndsTheStreamWithItsStatus() throws Exception {
        connection.receive(Frames.open(1, "Chat", OPEN));
        connection.receive(Frames.data(1, "fail"));

        assertThat(sink.take().status()).isEqualTo(TtrpcStatus.of(StatusCode.ABORTED, "as told"));
    }

    @Test
    void aMessageThatCannotBeReadEndsTheStream() throws Exception {
        connection.receive(Frames.open(1, "Chat", OPEN));
        connection.receive(Frames.frame(1, Frames.DATA, 0, new byte[] {0x0a, 0x7f}));

        assertThat(sink.take().status().code()).isEqualTo(StatusCode.INTERNAL);
    }

    @Test
    void aCloseThatCrossesTheEndIsNoMistakeAndAMessageIs() throws Exception {
        connection.receive(Frames.open(1, "Join", OPEN));
        connection.receive(Frames.data(1, "enough"));
        assertThat(sink.take().status()).isEqualTo(TtrpcStatus.OK);

        connection.receive(Frames.close(1));
        // The end is on its way a moment before the stream is forgotten.
        while (sink.isEmpty()) {
            connection.receive(Frames.data(1, "more"));
        }

        assertThat(sink.take().status().message()).isEqualTo("StreamID is no longer active");
        assertThat(sink.isEmpty()).isTrue();
    }

    /** What is sent on an open stream of Session, and the status with which that ends it. */
    static Stream<Violation> violations() {
        var payload = Frames.text("x").toByteArray();
        var none = new byte[0];
        var data = Frames.DATA;
        return Stream.of(
                new Violation(
                        "a second request",
                        Frames.open(1, "Session", OPEN),
                        StatusCode.INVALID_ARGUMENT,
                        "StreamID cannot be re-used and must increment"),
                new Violation(
                        "a message without data and with a payload",
                        Frames.frame(1, data, NO_DATA, payload),
                        StatusCode.INVALID_ARGUMENT,
                        "a data frame without data cannot have a payload"),
                new Violation(
                        "an end without data and with a payload",
                        Frames.frame(1, data, CLOSED | NO_DATA, payload),
                        StatusCode.INVALID_ARGUMENT,
                        "a data frame without data cannot have a payload"),
                new Violation(
                        "open and closed",
                        Frames.frame(1, data, OPEN | CLOSED, none),
                        StatusCode.INVALID_ARGUMENT,
                        "a data frame cannot both open and close its stream"),
                new Violation(
                        "4 MiB + 1",
                        Frames.frame(1, data, 0, new byte[Frame.MAX_PAYLOAD_BYTES + 1]),
                        StatusCode.RESOURCE_EXHAUSTED,
                        "message length 4194305 exceed maximum message size of 4194304"));
    }

    record Violation(String name, ByteBuffer bytes, StatusCode code, String words) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @MethodSource("violations")
    void aFrameAgainstTheRulesEndsItsStreamAndTheHandlerIsTold(Violation violation)
            throws Exception {
        connection.receive(Frames.open(1, "Session", OPEN));
        var session = service.sessions.take();

        connection.receive(violation.bytes());

        var status = TtrpcStatus.of(violation.code(), violation.words());
        assertThat(sink.take().status()).isEqualTo(status);
        assertThat(service.cancellations.take()).isEqualTo(Cancellation.STREAM_BROKEN);
        assertThatThrownBy(session.requests()::receive)
                .isInstanceOfSatisfying(
                        TtrpcException.class, e -> assertThat(e.status()).isEqualTo(status));
        assertThatThrownBy(() -> session.responses().send(Frames.text("late")))
                .isInstanceOf(TtrpcException.class);
        connection.receive(Frames.call(3, "Echo", "still here"));
        assertThat(sink.take().value()).isEqualTo("still here");
    }

    @Test
    void aMessageBehindTheEndOfTheRequestsEndsTheStream() throws Exception {
        connection.receive(Frames.open(1, "Session", OPEN));
        connection.receive(Frames.close(1));
        connection.receive(Frames.data(1, "late"));

        assertThat(sink.take().status())
                .isEqualTo(
                        TtrpcStatus.of(
                                StatusCode.INVALID_ARGUMENT,
                                "data handling error: ttrpc: stream closed"));
    }

    @ParameterizedTest
    @CsvSource({
        "Count, 2, 'the method takes one request, and more were announced'",
        "Echo, 2, 'the method takes one request, and more were announced'",
        "Hold, 3, 'the method takes one request, and more were announced'",
        "Count, 0, 'the method is a stream, and was called as if it were none'",
        "Chat, 0, 'the method is a stream, and was called as if it were none'",
        "Join, 3, a request cannot both open and close its stream",
    })
    void aRequestWhoseFlagsContradictItsMethodIsRefused(String method, int flags, String words)
            throws Exception {
        connection.receive(Frames.open(1, method, flags));

        assertThat(sink.take().status())
                .isEqualTo(TtrpcStatus.of(StatusCode.INVALID_ARGUMENT, words));
        assertThat(connection.openCalls()).isZero();
    }

    @Test
    void streamsBeyondTheLimitAreRefusedUntilOneHasEnded() throws Exception {
        connection = connection(ServerLimits.standard().withStreams(1, StreamLimits.standard()));
        connection.receive(Frames.open(1, "Session", OPEN));
        connection.receive(Frames.open(3, "Session", OPEN));
        assertThat(sink.take())
                .isEqualTo(
                        new Answer(
                                3,
                                TtrpcStatus.of(StatusCode.RESOURCE_EXHAUSTED, "too many streams"),
                                ""));

        service.sessions.take().end().complete(null);
        assertThat(sink.takePart()).isEqualTo(Part.end(1));
        while (connection.openCalls() > 0) {
            Thread.onSpinWait();
        }
        connection.receive(Frames.open(5, "Chat", OPEN));
        connection.receive(Frames.data(5, "again"));

        assertThat(sink.takePart()).isEqualTo(new Part(5, 0, "again"));
    }

    @Test
    void messagesThatAreNotTakenHoldTheConnectionUpUntilTheyAre() throws Exception {
        connection = connection(queue(100, Duration.ofHours(1)));
        connection.receive(Frames.open(1, "Session", OPEN));
        var session = service.sessions.take();
        connection.receive(Frames.data(1, "x".repeat(100)));
        var next = Frames.call(3, "Echo", "next");

        connection.receive(next);
        assertThat(next.remaining()).isEqualTo(next.limit());
        assertThat(session.requests().receive()).isPresent();

        sink.awaitResumed();
        connection.receive(next);
        assertThat(sink.take().value()).isEqualTo("next");
    }

    @Test
    void aStreamThatNobodyTakesFailsAndTheOthersGoOn() throws Exception {
        connection = connection(queue(100, Duration.ofMillis(20)));
        connection.receive(Frames.open(1, "Session", OPEN));
        connection.receive(Frames.data(1, "x".repeat(100)));
        var next = Frames.call(3, "Echo", "next");
        connection.receive(next);

        assertThat(sink.take().status())
                .isEqualTo(
                        TtrpcStatus.of(StatusCode.RESOURCE_EXHAUSTED, "ttrpc: stream buffer full"));
        assertThat(service.cancellations.take()).isEqualTo(Cancellation.STREAM_BROKEN);

        sink.awaitResumed();
        connection.receive(next);
        assertThat(sink.take().value()).isEqualTo("next");
    }

    @Test
    void aHandlerWaitsWhileThePeerTakesNothing() throws Exception {
        connection.receive(Frames.open(1, "Session", OPEN));
        var session = service.sessions.take();
        sink.writable = false;
        var sent = new CompletableFuture<Void>();
        var sender =
                Thread.ofVirtual()
                        .start(() -> {
                            session.responses().send(Frames.text("late"));
                            sent.complete(null);
                        });
        while (sender.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(sink.isEmpty()).isTrue();

        sink.writable = true;
        connection.room();

        sent.get(20, TimeUnit.SECONDS);
        assertThat(sink.takePart().value()).isEqualTo("late");
    }

    @Test
    void aStreamIsCancelledAndAnsweredAtItsDeadline() throws Exception {
        var request =
                TestService.request("Session", Frames.text(""))
                        .setTimeoutNano(TimeUnit.MILLISECONDS.toNanos(20))
                        .build();

        connection.receive(Frames.frame(1, Frames.REQUEST, OPEN, request.toByteArray()));

        assertThat(sink.take().status().code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(service.cancellations.take()).isEqualTo(Cancellation.DEADLINE_EXCEEDED);
        var session = service.sessions.take();
        assertThatThrownBy(session.requests()::receive)
                .isInstanceOfSatisfying(
                        TtrpcException.class,
                        e -> assertThat(e.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED));
    }

    @Test
    void aConnectionThatIsGoneWakesWhoReceivesAndWhoSends() throws Exception {
        connection.receive(Frames.open(1, "Session", OPEN));
        var session = service.sessions.take();
        sink.writable = false;
        var receiving = failure(() -> session.requests().receive());
        var sending = failure(() -> session.responses().send(Frames.text("")));

        connection.closed();

        assertThat(receiving.get(20, TimeUnit.SECONDS).code()).isEqualTo(StatusCode.CANCELLED);
        assertThat(sending.get(20, TimeUnit.SECONDS).code()).isEqualTo(StatusCode.CANCELLED);
        assertThat(service.cancellations.take()).isEqualTo(Cancellation.CONNECTION_CLOSED);
        assertThat(sink.isEmpty()).isTrue();
    }

    @Test
    void aHandlerThatHasReturnedCanSendNoMore() throws Exception {
        connection.receive(Frames.open(1, "Session", OPEN));
        var session = service.sessions.take();
        session.end().complete(null);
        assertThat(sink.takePart()).isEqualTo(Part.end(1));

        assertThatThrownBy(() -> session.responses().send(Frames.text("late")))
                .isInstanceOfSatisfying(
                        TtrpcException.class,
                        e -> assertThat(e.code()).isEqualTo(StatusCode.FAILED_PRECONDITION));
        assertThat(sink.isEmpty()).isTrue();
    }

    @Test
    void aMessageTooLongForAFrameFailsAndTheStreamGoesOn() throws Exception {
        connection.receive(Frames.open(1, "Session", OPEN));
        var responses = service.sessions.take().responses();

        assertThatThrownBy(() -> responses.send(Frames.text("x".repeat(Frame.MAX_PAYLOAD_BYTES))))
                .isInstanceOfSatisfying(
                        TtrpcException.class,
                        e -> assertThat(e.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED));
        responses.send(Frames.text("short"));

        assertThat(sink.takePart().value()).isEqualTo("short");
    }

    @Test
    void aStreamOfAnEarlierLifeIsAnsweredAsBrokenOff() throws Exception {
        connection.closed();
        var request = new Backlog.Request(Frames.open(1, "Session", OPEN), 0);
        connection =
                new ServerConnection(
                        new ConnectionId(7),
                        service.config(),
                        sink,
                        timer,
                        new Backlog(1, List.of(request), 0, Frames.data(1, "half a talk")));

        connection.receive(ByteBuffer.allocate(0));

        assertThat(sink.take().status().code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(sink.take().status().message()).isEqualTo("StreamID is no longer active");
        assertThat(service.sessions).isEmpty();
        assertThat(connection.openCalls()).isZero();
    }

    @Test
    void aHandlerHearsWhenTheClientClosesItsSideAlsoAfterTheEnd() throws Exception {
        connection.receive(Frames.open(1, "Session", OPEN));
        connection.receive(Frames.open(3, "Session", OPEN));
        var first = service.sessions.take();
        var second = service.sessions.take();
        var parted = new LinkedBlockingQueue<String>();
        first.context().onParting(() -> parted.add("first"));
        second.context().onParting(() -> parted.add("second"));

        connection.receive(Frames.close(3));
        assertThat(parted.take()).isEqualTo("second");
        first.end().complete(null);
        assertThat(sink.takePart()).isEqualTo(Part.end(1));
        assertThat(parted).isEmpty();
        connection.receive(Frames.close(1));
        assertThat(parted.take()).isEqualTo("first");
        first.context().onParting(() -> parted.add("at once"));
        assertThat(parted).containsExactly("at once");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHandlerHearsWhenTheClientIsGone(boolean ended) throws Exception {
        connection.receive(Frames.open(1, "Session", OPEN));
        var session = service.sessions.take();
        var parted = new CompletableFuture<Void>();
        session.context().onParting(() -> parted.complete(null));
        if (ended) {
            session.end().complete(null);
            assertThat(sink.takePart()).isEqualTo(Part.end(1));
        }

        connection.closed();

        assertThat(parted).isDone();
    }

    @Test
    void aCallCanEndItsConnection() throws Exception {
        connection.receive(Frames.open(1, "Session", OPEN));
        var session = service.sessions.take();
        assertThat(connection.isOver()).isFalse();

        session.context().endConnection();

        assertThat(connection.isOver()).isTrue();
        assertThat(connection.openCalls()).isOne();
    }

    private static CompletableFuture<TtrpcException> failure(Runnable action) {
        var failure = new CompletableFuture<TtrpcException>();
        var thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                action.run();
                            } catch (TtrpcException e) {
                                failure.complete(e);
                            }
                        });
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return failure;
    }

    private static ServerLimits queue(int bytes, Duration patience) {
        return ServerLimits.standard().withStreams(10, new StreamLimits(bytes, patience));
    }

    private ServerConnection connection(ServerLimits limits) {
        return new ServerConnection(
                new ConnectionId(7), service.config().withLimits(limits), sink, timer);
    }
}
