// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import io.silica.linux.UnixSocket;
import io.silica.server.journal.Journal;
import io.silica.server.journal.JournalDirectory;
import io.silica.server.journal.JournalOpening;
import io.silica.server.journal.JournalOwner;
import io.silica.server.transport.Death.Moment;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.DuplexStream;
import io.silica.ttrpc.MessageSink;
import io.silica.ttrpc.MessageSource;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServerLimits;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.StreamLimits;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams over the epoll transport and its journal, and through the death of a daemon. */
@Timeout(60)
final class StreamTransportTest {
    private static final long SEED = Long.getLong("silica.seed", System.nanoTime());
    private static final JournalOwner OWNER = JournalOwner.now("0".repeat(32));

    /** More than a connection costs in the journal, and less than one with a request. */
    private static final long CONNECTION_BYTES = 200;

    private static final ConnectionId ID = new ConnectionId(100);

    @TempDir private Path directory;
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();
    private ServerLimits limits = ServerLimits.standard();
    private UnixListener listener;
    private UnixSocket held;
    private TtrpcClient client;

    @BeforeEach
    void connect() throws IOException {
        var path = directory.resolve("task.sock");
        listener = UnixListener.bind(UnixAddress.of(path), SocketType.STREAM, 64);
        client = TtrpcClient.over(SocketChannel.open(UnixDomainSocketAddress.of(path)));
        held = listener.accept().orElseThrow();
    }

    @AfterEach
    void close() {
        over.countDown();
        client.close();
        held.close();
        listener.close();
    }

    @Test
    void aStreamMayCarryMoreThanTheJournalHoldsAndLeavesNothingInIt() throws Exception {
        var text = "x".repeat(20_000);
        int messages = 200;
        try (var journal = journal();
                var _ = transport(journal, new Death(Moment.NEVER, 1));
                var senders = Executors.newVirtualThreadPerTaskExecutor()) {
            try (var chat = stream("Chat")) {
                var sent =
                        senders.submit(() -> {
                            for (int i = 0; i < messages; i++) {
                                chat.send(StringValue.of(i + text));
                            }
                            chat.closeSend();
                            return true;
                        });
                int next = 0;
                for (var message : chat) {
                    assertThat(message.getValue()).isEqualTo(next++ + text);
                }
                assertThat(next).isEqualTo(messages);
                assertThat(sent.get()).isTrue();
            }
            echo();
            assertThat(journal.turns()).isPositive();
            awaitNoRequests(journal);
        }
    }

    @Test
    void aStreamWhoseDaemonDiedEndsInWordsAndTheConnectionGoesOn() throws Exception {
        var first = new Death(Moment.NEVER, 1);
        try (var chat = stream("Chat")) {
            try (var journal = journal();
                    var _ = transport(journal, first)) {
                chat.send(StringValue.of("one"));
                assertThat(chat.receive()).isPresent();
                first.come();
            }
            chat.send(StringValue.of("to nobody"));

            try (var journal = journal();
                    var _ = transport(journal, new Death(Moment.NEVER, 1))) {
                assertThatThrownBy(chat::receive)
                        .isInstanceOfSatisfying(
                                TtrpcException.class,
                                e -> assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE));
                echo();
                assertThat(journal.lost()).isZero();
                assertThat(journal.replayed()).isOne();
                assertThat(begun).hasValue(1);
                assertThat(talks()).isTrue();
            }
        }
    }

    @Test
    void aStreamThatHasEndedIsUnknownToTheNextLife() throws Exception {
        var first = new Death(Moment.NEVER, 1);
        try (var journal = journal();
                var _ = transport(journal, first)) {
            assertThat(talks()).isTrue();
            awaitNoRequests(journal);
            first.come();
        }
        try (var journal = journal();
                var _ = transport(journal, new Death(Moment.NEVER, 1))) {
            echo();
            assertThat(journal.replayed()).isZero();
        }
        assertThat(client.droppedAnswers()).isZero();
    }

    /** Whatever a death cuts, the client hears how its stream ended, and never waits in vain. */
    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"BEGUN", "SENT_IN_PART", "NEVER"},
            mode = EnumSource.Mode.EXCLUDE)
    void eachStreamEndsWhereverADaemonDies(Moment moment) throws Exception {
        var random = new Random(SEED);
        System.out.println("-Dsilica.seed=" + SEED);
        try (var talkers = Executors.newVirtualThreadPerTaskExecutor()) {
            var talking = talkers.submit(() -> talkUntil(20));
            for (int i = 0; i < 15 && !talking.isDone(); i++) {
                live(new Death(moment, 1 + random.nextInt(30)), talking, 500);
            }
            live(new Death(Moment.NEVER, 1), talking, 30_000);
            assertThat(talking.get()).isEqualTo(20);
        }
    }

    private void live(Death death, Future<Integer> talking, int longestMillis) throws Exception {
        try (var journal = journal();
                var _ = transport(journal, death)) {
            long end = System.nanoTime() + Duration.ofMillis(longestMillis).toNanos();
            while (!talking.isDone() && !death.hasCome() && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            death.come();
            assertThat(journal.lost()).isZero();
        }
    }

    /** Until so many talks in a row were heard to their end, those that were broken off apart. */
    private int talkUntil(int talks) {
        int done = 0;
        while (done < talks) {
            try {
                done += talks() ? 1 : 0;
            } catch (TtrpcException e) {
                assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE);
            }
        }
        return done;
    }

    @Test
    void aStreamThatNobodyTakesFailsAndTheConnectionGoesOn() throws Exception {
        limits = limits.withStreams(10, new StreamLimits(1000, Duration.ofMillis(20)));
        try (var journal = journal();
                var _ = transport(journal, new Death(Moment.NEVER, 1));
                var deaf = stream("Deaf")) {
            for (int i = 0; i < 10; i++) {
                deaf.send(StringValue.of("x".repeat(1000)));
            }
            echo();

            assertThatThrownBy(deaf::receive)
                    .isInstanceOfSatisfying(
                            TtrpcException.class,
                            e -> assertThat(e.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED));
        }
    }

    /** A client may have its answer before the journal knows that it was sent. */
    private static void awaitNoRequests(Journal journal) {
        while (journal.bytes() > CONNECTION_BYTES) {
            Thread.onSpinWait();
        }
    }

    private boolean talks() {
        try (var chat = stream("Chat")) {
            chat.send(StringValue.of("hello"));
            assertThat(chat.receive().orElseThrow().getValue()).isEqualTo("hello");
            chat.closeSend();
            return chat.receive().isEmpty();
        }
    }

    private void echo() {
        assertThat(EchoService.call(client, "Echo", "echo")).isEqualTo("echo");
    }

    private DuplexStream<StringValue, StringValue> stream(String method) {
        return client.bidirectional(
                EchoService.NAME, method, StringValue.parser(), CallOptions.none());
    }

    private TtrpcTransport transport(Journal journal, Death death) {
        var transport =
                TtrpcTransport.start(
                        "stream-test",
                        config(),
                        TransportOptions.standard().withJournal(new MortalJournal(journal, death)));
        transport.adopt(ID, new UnixSocket(held.descriptor().duplicate()));
        return transport;
    }

    private ServerConfig config() {
        var strings = StringValue.parser();
        return ServerConfig.of(
                        ServiceDefinition.named(EchoService.NAME)
                                .unary("Echo", strings, (text, _) -> text, Dispatch.NON_BLOCKING)
                                .bidirectional("Chat", strings, this::chat)
                                .bidirectional("Deaf", strings, (_, _, _) -> over.await())
                                .build())
                .withLimits(limits);
    }

    private void chat(
            MessageSource<StringValue> requests,
            CallContext context,
            MessageSink<StringValue> responses) {
        begun.incrementAndGet();
        for (var request : requests) {
            responses.send(request);
        }
    }

    private Journal journal() {
        return switch (new JournalDirectory(directory).open(1L << 20, OWNER)) {
            case JournalOpening.Fresh(Journal journal) -> journal;
            case JournalOpening.Continued(Journal journal) -> journal;
            case JournalOpening.Damaged _, JournalOpening.Outdated _, JournalOpening.Unusable _ ->
                    throw new AssertionError("the journal was lost");
        };
    }
}
