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
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.Reply;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServiceDefinition;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that asks for more than a journal has room for. */
@Timeout(120)
class PausedReadingTest {
    private static final JournalOwner OWNER = JournalOwner.now("0".repeat(32));
    private static final ConnectionId CONNECTION = new ConnectionId(100);
    private static final int JOURNAL_BYTES = 256 << 10;

    /** All of them are many times what the journal and the socket hold together. */
    private static final int CALLS = 2_000;

    private static final int CALL_BYTES = 2_000;
    private static final long PATIENCE_SECONDS = 60;
    private static final long PAUSE_NANOS = 100_000;

    @TempDir private Path directory;

    private final BlockingQueue<Runnable> unanswered = new LinkedBlockingQueue<>();
    private final Map<String, AtomicInteger> begun = new ConcurrentHashMap<>();
    private UnixListener listener;
    private Caller caller;

    @BeforeEach
    void connect() throws Exception {
        Path socket = directory.resolve("task.sock");
        listener = UnixListener.bind(UnixAddress.of(socket), SocketType.STREAM, 1);
        caller = new Caller(listener, socket, calls());
    }

    private static List<Call> calls() {
        return IntStream.range(0, CALLS)
                .mapToObj(it -> new Call("Hold", it + " " + "x".repeat(CALL_BYTES)))
                .toList();
    }

    @AfterEach
    void close() {
        caller.close();
        listener.close();
    }

    @Test
    void whatThereIsNoRoomForStaysInTheSocketUntilSomethingHasBeenAnswered() throws Exception {
        try (var journal = journal();
                var transport = transport(journal)) {
            var sending = caller.send(new Random(0));
            var received = caller.receive();
            transport.adopt(CONNECTION, caller.duplicate());
            await(() -> isFull(journal));

            assertThat(sending).isNotDone();
            assertThat(journal.bytes()).isLessThanOrEqualTo(journal.capacity() / 4 * 3);
            answerAll(received);
            assertThat(journal.turns()).isPositive();
        }
    }

    @Test
    void theNextLifeReadsOnWhereTheLastOneHadPaused() throws Exception {
        var received = caller.receive();
        var sending = caller.send(new Random(0));
        try (var journal = journal();
                var transport = transport(journal)) {
            transport.adopt(CONNECTION, caller.duplicate());
            await(() -> isFull(journal));
        }
        assertThat(begun).hasSizeLessThan(CALLS);
        int first = begun.size();
        unanswered.clear();

        try (var journal = journal();
                var transport = transport(journal)) {
            transport.adopt(CONNECTION, caller.duplicate());
            answerAll(received);
            assertThat(journal.replayed()).isGreaterThanOrEqualTo(first);
            assertThat(journal.lost()).isZero();
        }
        sending.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Until the client has every answer; no call was begun twice without being told so. */
    private void answerAll(CompletableFuture<Void> received) throws Exception {
        while (!received.isDone()) {
            var next = unanswered.poll(1, TimeUnit.MILLISECONDS);
            if (next != null) {
                next.run();
            }
        }
        received.get();
        assertThat(begun).hasSize(CALLS);
        assertThat(begun.values()).allMatch(times -> times.get() <= 1);
    }

    /** Whether it has no room for a call that has come in part. */
    private static boolean isFull(Journal journal) {
        return journal.bytes() + CALL_BYTES > journal.capacity() / 8 * 5;
    }

    private void hold(StringValue request, CallContext context, Reply<StringValue> reply) {
        begun.computeIfAbsent(request.getValue(), _ -> new AtomicInteger())
                .addAndGet(context.isReplay() ? 0 : 1);
        unanswered.add(() -> reply.complete(request));
    }

    private Journal journal() {
        return switch (new JournalDirectory(directory).open(JOURNAL_BYTES, OWNER)) {
            case JournalOpening.Fresh(Journal journal) -> journal;
            case JournalOpening.Continued(Journal journal) -> journal;
            case JournalOpening.Damaged _, JournalOpening.Outdated _, JournalOpening.Unusable _ ->
                    throw new AssertionError("the journal was lost");
        };
    }

    private TtrpcTransport transport(Journal journal) {
        var service =
                ServiceDefinition.named(EchoService.NAME)
                        .held("Hold", StringValue.parser(), this::hold)
                        .build();
        return TtrpcTransport.start(
                "paused-reading",
                ServerConfig.of(service),
                TransportOptions.standard().withJournal(journal));
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for %s", condition).isLessThan(end);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
