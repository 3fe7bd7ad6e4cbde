// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection that an earlier life of the server has read from. */
final class RestoredConnectionTest {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final TestService service = new TestService();
    private final RecordingSink sink = new RecordingSink();
    private final CallTimer timer = new CallTimer();
    private ServerConnection connection = restored(Backlog.NONE);

    @AfterEach
    void end() {
        service.openGate();
        connection.closed();
        timer.close();
    }

    @Test
    void openRequestsAreBegunAgainInTheirOrderAsReplays() throws Exception {
        connection =
                restored(
                        backlog(
                                7,
                                request(3, "Hold", "first", Duration.ZERO),
                                request(7, "EchoBlocking", "second", Duration.ZERO)));
        assertThat(connection.openCalls()).isEqualTo(2);

        connection.receive(NOTHING);

        var held = service.contexts.take();
        assertThat(held.method()).isEqualTo("Hold");
        assertThat(held.isReplay()).isTrue();
        assertThat(service.contexts.take().isReplay()).isTrue();
        assertThat(sink.take()).isEqualTo(new RecordingSink.Answer(7, TtrpcStatus.OK, "second"));
        service.held.take().complete(StringValue.of("at last"));
        assertThat(sink.take()).isEqualTo(new RecordingSink.Answer(3, TtrpcStatus.OK, "at last"));
    }

    @Test
    void whatComesAfterwardsIsNoReplayAndComesAfterwards() throws Exception {
        connection = restored(backlog(1, request(1, "Echo", "old", Duration.ZERO)));

        connection.receive(Frames.call(3, "Echo", "new"));

        assertThat(service.contexts).extracting(CallContext::isReplay).containsExactly(true, false);
        assertThat(sink.take().value()).isEqualTo("old");
        assertThat(sink.take().value()).isEqualTo("new");
    }

    @Test
    void aDeadlineCountsFromTheArrival() throws Exception {
        connection =
                restored(backlog(1, timed(1, "Echo", Duration.ofHours(3), Duration.ofHours(1))));

        connection.receive(NOTHING);

        assertThat(service.contexts.take().remaining().orElseThrow())
                .isBetween(Duration.ofMinutes(119), Duration.ofHours(2));
    }

    @ParameterizedTest
    @CsvSource({"Echo,2", "EchoBlocking,2", "Hold,2", "Echo,9223372036"})
    void aDeadlineThatHasPassedMeanwhileIsAnsweredSo(String method, long age) throws Exception {
        connection =
                restored(
                        backlog(
                                1,
                                timed(1, method, Duration.ofSeconds(1), Duration.ofSeconds(age))));

        connection.receive(NOTHING);

        assertThat(sink.take().status().code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 10, 11, 40})
    void aFrameThatWasReadInPartIsCompletedByWhatComes(int read) throws Exception {
        var frame = Frames.call(5, "Echo", "in two lives, and thus longer than it need be");
        connection = restored(new Backlog(3, List.of(), 0, frame.slice(0, read)));

        connection.receive(frame.slice(read, frame.limit() - read));

        assertThat(sink.take().value()).startsWith("in two lives");
        assertThat(service.contexts.take().isReplay()).isFalse();
    }

    @Test
    void aPayloadThatWasSkippedInPartIsSkippedToItsEnd() throws Exception {
        connection = restored(new Backlog(3, List.of(), 100, NOTHING));
        var next = Frames.call(5, "Echo", "next");

        connection.receive(
                ByteBuffer.allocate(100 + next.remaining()).put(new byte[100]).put(next).flip());

        assertThat(sink.take().value()).isEqualTo("next");
    }

    @Test
    void aStreamIdOfTheEarlierLifeIsRefused() throws Exception {
        connection = restored(backlog(9));

        connection.receive(Frames.call(9, "Echo", "again"));
        connection.receive(Frames.call(11, "Echo", "next"));

        assertThat(sink.take().status().code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
        assertThat(sink.take().value()).isEqualTo("next");
    }

    @Test
    void beyondTheLimitReplaysWaitAndSoDoesWhatComesAfterThem() throws Exception {
        connection =
                new ServerConnection(
                        new ConnectionId(7),
                        service.config().withLimits(ServerLimits.standard().withRunningCalls(1)),
                        sink,
                        timer,
                        backlog(
                                3,
                                request(1, "Block", "first", Duration.ZERO),
                                request(3, "Block", "second", Duration.ZERO)));
        var fresh = Frames.call(5, "Echo", "third");

        connection.receive(fresh);

        service.contexts.take();
        assertThat(service.contexts).isEmpty();
        assertThat(fresh.hasRemaining()).isTrue();
        assertThat(connection.isBehind()).isTrue();
        assertThat(connection.openCalls()).isEqualTo(2);
        service.openGate();
        assertThat(sink.take().value()).isEqualTo("first");
        sink.awaitResumed();
        connection.receive(fresh);
        assertThat(service.contexts.take().isReplay()).isTrue();
        assertThat(sink.take().value()).isEqualTo("second");
        sink.awaitResumed();
        connection.receive(fresh);
        assertThat(sink.take().value()).isEqualTo("third");
        assertThat(connection.isBehind()).isFalse();
    }

    @Test
    void aRequestThatMakesNoSenseIsRefusedAgain() throws Exception {
        connection = restored(backlog(3, request(1, "None", "", Duration.ZERO)));

        connection.receive(NOTHING);

        assertThat(sink.take().status().code()).isEqualTo(StatusCode.UNIMPLEMENTED);
        assertThat(connection.openCalls()).isZero();
    }

    @Test
    void aTailThatIsNotTtrpcEndsTheConnection() {
        connection = restored(new Backlog(0, List.of(), 0, Frames.header(-1, 1, Frames.REQUEST)));

        assertThatThrownBy(() -> connection.receive(NOTHING)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void whatIsNotOneWholeFrameIsNoRequest() {
        var frame = Frames.call(1, "Echo", "whole");

        for (int length : List.of(0, 9, 10, frame.limit() - 1)) {
            var part = frame.slice(0, length);
            assertThatThrownBy(() -> new Backlog.Request(part, 0))
                    .isInstanceOf(RuntimeException.class);
        }
    }

    private ServerConnection restored(Backlog backlog) {
        return new ServerConnection(new ConnectionId(7), service.config(), sink, timer, backlog);
    }

    private static Backlog backlog(int lastStreamId, Backlog.Request... requests) {
        return new Backlog(lastStreamId, List.of(requests), 0, NOTHING);
    }

    private static Backlog.Request request(int streamId, String method, String text, Duration age) {
        return new Backlog.Request(Frames.call(streamId, method, text), age.toNanos());
    }

    private static Backlog.Request timed(
            int streamId, String method, Duration timeout, Duration age) {
        var request =
                TestService.request(method, Frames.text(""))
                        .setTimeoutNano(timeout.toNanos())
                        .build();
        return new Backlog.Request(Frames.request(streamId, request), age.toNanos());
    }
}
