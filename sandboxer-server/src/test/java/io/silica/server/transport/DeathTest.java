// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import io.silica.server.journal.Journal;
import io.silica.server.journal.JournalDirectory;
import io.silica.server.journal.JournalOpening;
import io.silica.server.journal.JournalOwner;
import io.silica.server.transport.Caller.Call;
import io.silica.server.transport.Death.Moment;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServiceDefinition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Daemons that die at every step of their work, one after another, under clients that never notice:
 * no call is lost, none is begun twice without a handler being told so, and no stream falls out of
 * step.
 */
@Timeout(120)
final class DeathTest {
    private static final long SEED = Long.getLong("silica.seed", System.nanoTime());
    private static final JournalOwner OWNER = JournalOwner.now("0".repeat(32));

    @TempDir private Path directory;
    private final List<Caller> callers = new ArrayList<>();
    private final Map<String, AtomicInteger> begun = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private Path socket;
    private UnixListener listener;
    private long journalBytes = 1L << 20;
    private int sendBufferBytes = 16 << 20;
    private int turns;
    private long replayed;

    @BeforeEach
    void listen() {
        socket = directory.resolve("task.sock");
        listener = UnixListener.bind(UnixAddress.of(socket), SocketType.STREAM, 64);
    }

    @AfterEach
    void close() {
        over.complete(null);
        callers.forEach(Caller::close);
        listener.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"SENT_IN_PART", "NEVER"},
            mode = EnumSource.Mode.EXCLUDE)
    void noCallIsLostWhereverADaemonDies(Moment moment) throws Exception {
        var random = new Random(SEED);
        for (int i = 0; i < 3; i++) {
            connect(calls(i, 30, 200, random));
        }
        serve(random, 12, () -> new Death(moment, 1 + random.nextInt(20)));
        assertThat(begun).hasSize(90);
    }

    @RepeatedTest(10)
    void noCallIsLostWhateverTheOrderOfDeaths(RepetitionInfo repetition) throws Exception {
        long seed = SEED + repetition.getCurrentRepetition();
        System.out.println("-Dsilica.seed=" + seed);
        var random = new Random(seed);
        for (int i = 0; i < 5; i++) {
            connect(calls(i, 60, 40_000, random));
        }
        serve(random, 40, () -> new Death(anyMoment(random), 1 + random.nextInt(30)));
        assertThat(begun).hasSize(300);
        assertThat(replayed).isPositive();
        assertThat(turns).isPositive();
    }

    @Timeout(240)
    @RepeatedTest(2)
    void theLongestFramesAreWholeAgain(RepetitionInfo repetition) throws Exception {
        var random = new Random(SEED + repetition.getCurrentRepetition());
        journalBytes = 16L << 20;
        for (int i = 0; i < 3; i++) {
            var calls = new ArrayList<Call>();
            for (int j = 0; j < 4; j++) {
                calls.add(call(i, j, "Echo", (4 << 20) - 100 - random.nextInt(1000)));
            }
            connect(calls);
        }
        serve(random, 20, () -> new Death(anyMoment(random), 1 + random.nextInt(100)));
        assertThat(begun).hasSize(12);
    }

    @Test
    void ofAConnectionWhoseClientHasGoneNothingIsBegunAgain() throws Exception {
        connect(List.of(call(0, 0, "Hold", 10), call(0, 1, "Echo", 10)));
        var caller = callers.getFirst();
        caller.send(new Random(SEED)).get(30, TimeUnit.SECONDS);
        var first = new Death(Moment.FORGOTTEN, 1);
        try (var journal = journal();
                var transport = transport(journal, first, false)) {
            transport.adopt(new ConnectionId(100), caller.duplicate());
            first.coming().get(30, TimeUnit.SECONDS);
        }
        assertThat(begun).hasSize(2);
        begun.clear();
        caller.hangUp();

        var ended = new CompletableFuture<ConnectionId>();
        try (var journal = journal();
                var transport = transport(journal, new Death(Moment.NEVER, 1), true, ended)) {
            transport.adopt(new ConnectionId(100), caller.duplicate());

            assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo(new ConnectionId(100));
            assertThat(journal.bytes()).isZero();
            assertThat(journal.lost()).isZero();
        }
        assertThat(begun).isEmpty();
    }

    /** Nobody can tell where in it the peer is. */
    @Test
    void aConnectionIsClosedIfADaemonDiedWithinAnAnswer() throws Exception {
        journalBytes = 16L << 20;
        sendBufferBytes = 64 << 10;
        connect(List.of(call(0, 0, "Echo", 3 << 20)));
        var caller = callers.getFirst();
        var sending = caller.send(new Random(SEED));
        var first = new Death(Moment.SENT_IN_PART, 1);
        try (var journal = journal();
                var transport = transport(journal, first, false)) {
            transport.adopt(new ConnectionId(100), caller.duplicate());
            first.coming().get(30, TimeUnit.SECONDS);
        }
        sending.get(30, TimeUnit.SECONDS);

        var ended = new CompletableFuture<ConnectionId>();
        try (var journal = journal();
                var transport = transport(journal, new Death(Moment.NEVER, 1), true, ended)) {
            transport.adopt(new ConnectionId(100), caller.duplicate());

            assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo(new ConnectionId(100));
            assertThat(journal.lost()).isOne();
        }
    }

    private static Moment anyMoment(Random random) {
        var moments = List.copyOf(EnumSet.range(Moment.PEEKED, Moment.FORGOTTEN));
        return moments.get(random.nextInt(moments.size()));
    }

    private void connect(List<Call> calls) throws IOException {
        callers.add(new Caller(listener, socket, calls));
    }

    private static List<Call> calls(int connection, int count, int longest, Random random) {
        var methods = List.of("Echo", "EchoBlocking", "Hold");
        var calls = new ArrayList<Call>();
        for (int i = 0; i < count; i++) {
            var method = methods.get(random.nextInt(methods.size()));
            int length = method.equals("Hold") ? 50 : random.nextInt(1 + random.nextInt(longest));
            calls.add(call(connection, i, method, length));
        }
        return calls;
    }

    private static Call call(int connection, int number, String method, int length) {
        return new Call(method, connection + "." + number + " " + "x".repeat(length));
    }

    /** Serves until every call is answered: in so many lives, and one that ends by itself. */
    private void serve(Random random, int lives, Supplier<Death> deaths) throws Exception {
        var sent =
                callers.stream().map(caller -> caller.send(new Random(random.nextLong()))).toList();
        var received = callers.stream().map(Caller::receive).toList();
        var done = CompletableFuture.allOf(received.toArray(new CompletableFuture<?>[0]));
        for (int i = 0; i < lives && !done.isDone(); i++) {
            // Not at once, so that something is open when the first ones die.
            boolean endsWaits = i > 2 && random.nextBoolean();
            live(deaths.get(), endsWaits, done, 10 + random.nextInt(200));
        }
        live(new Death(Moment.NEVER, 1), true, done, 60_000);
        done.get(0, TimeUnit.SECONDS);
        for (var each : sent) {
            each.get(0, TimeUnit.SECONDS);
        }
        begun.forEach((call, times) -> assertThat(times.get()).as(call).isLessThanOrEqualTo(1));
    }

    /**
     * One life, which ends when its moment comes, or everything is done, or its time is up.
     *
     * @param endsWaits whether it answers the calls that are held
     */
    private void live(
            Death death, boolean endsWaits, CompletableFuture<Void> done, int longestMillis)
            throws Exception {
        try (var journal = journal();
                var transport = transport(journal, death, endsWaits)) {
            for (int i = 0; i < callers.size(); i++) {
                transport.adopt(new ConnectionId(100 + i), callers.get(i).duplicate());
            }
            try {
                CompletableFuture.anyOf(done, death.coming())
                        .get(longestMillis, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                // It is as good a moment as any.
            }
            death.come();
            assertThat(journal.lost()).isZero();
            turns += journal.turns();
            replayed += journal.replayed();
        }
    }

    private Journal journal() {
        return switch (new JournalDirectory(directory).open(journalBytes, OWNER)) {
            case JournalOpening.Fresh(Journal journal) -> journal;
            case JournalOpening.Continued(Journal journal) -> journal;
            case JournalOpening.Damaged _, JournalOpening.Outdated _, JournalOpening.Unusable _ ->
                    throw new AssertionError("the journal was lost");
        };
    }

    private TtrpcTransport transport(Journal journal, Death death, boolean endsWaits) {
        return transport(journal, death, endsWaits, new CompletableFuture<>());
    }

    private TtrpcTransport transport(
            Journal journal,
            Death death,
            boolean endsWaits,
            CompletableFuture<ConnectionId> ended) {
        return TtrpcTransport.start(
                "transport-test",
                config(death, endsWaits),
                TransportOptions.standard()
                        .withSendBufferBytes(sendBufferBytes)
                        .withOnEnd(ended::complete)
                        .withJournal(new MortalJournal(journal, death)));
    }

    private ServerConfig config(Death death, boolean endsWaits) {
        var strings = StringValue.parser();
        return ServerConfig.of(
                ServiceDefinition.named(EchoService.NAME)
                        .unary("Echo", strings, this::echo, Dispatch.NON_BLOCKING)
                        .unary(
                                "EchoBlocking",
                                strings,
                                (request, context) -> echoBlocking(request, context, death),
                                Dispatch.BLOCKING)
                        .held(
                                "Hold",
                                strings,
                                (request, context, reply) -> {
                                    begin(request, context);
                                    if (death.passes(Moment.BEGUN) && endsWaits) {
                                        reply.complete(request);
                                    }
                                })
                        .build());
    }

    private StringValue echo(StringValue request, CallContext context) {
        begin(request, context);
        return request;
    }

    private StringValue echoBlocking(StringValue request, CallContext context, Death death)
            throws Exception {
        begin(request, context);
        if (!death.passes(Moment.BEGUN)) {
            // Who is dead does not answer.
            over.get();
        }
        return request;
    }

    /** Counts how often a call was begun without a word that it may have been begun before. */
    private void begin(StringValue request, CallContext context) {
        begun.computeIfAbsent(request.getValue(), _ -> new AtomicInteger())
                .addAndGet(context.isReplay() ? 0 : 1);
    }
}
