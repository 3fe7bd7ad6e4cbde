// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import io.silica.linux.PeerCredentials;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import io.silica.linux.UnixSocket;
import io.silica.ttrpc.Backlog;
import io.silica.ttrpc.Cancellation;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.ServerLimits;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class TtrpcTransportTest {
    @TempDir private Path directory;
    private final EchoService service = new EchoService();
    private Path socket;
    private TtrpcTransport transport;

    @BeforeEach
    void listen() {
        socket = directory.resolve("t.sock");
        start(ServerLimits.standard(), TransportOptions.standard());
    }

    @AfterEach
    void nothingIsLeft() {
        service.openGate();
        transport.close();
        assertThat(transport.connections()).isEmpty();
        await(() -> ourSockets() == 0);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("transport-test"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Echo", "EchoBlocking"})
    void aCallIsAnswered(String method) throws IOException {
        try (var client = client()) {
            assertThat(EchoService.call(client, method, "hello")).isEqualTo("hello");
            assertThat(EchoService.call(client, method, "")).isEmpty();
        }
    }

    @Test
    void aHeldCallIsAnsweredByAnotherThread() throws Exception {
        try (var client = client()) {
            var answer = inBackground(() -> EchoService.call(client, "Hold", ""));
            service.held.take().complete(StringValue.of("at last"));
            assertThat(answer.get()).isEqualTo("at last");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Echo", "EchoBlocking"})
    void aFrameOfNearlyFourMebibytesGoesBothWays(String method) throws IOException {
        var text = "x".repeat((4 << 20) - 100);
        try (var client = client()) {
            assertThat(EchoService.call(client, method, text)).isEqualTo(text);
        }
    }

    @Test
    void aFrameThatComesByteByByteIsServed() throws IOException {
        try (var slow = raw()) {
            var bytes = RawFrames.call(1, "Echo", "y".repeat(5000));
            while (bytes.hasRemaining()) {
                slow.write(bytes.slice(bytes.position(), 1));
                bytes.position(bytes.position() + 1);
            }
            assertThat(RawFrames.skipFrame(slow)).isGreaterThan(5000);
        }
    }

    @Test
    void manyCallersOnOneConnectionAndOnMany() throws Exception {
        try (var callers = Executors.newVirtualThreadPerTaskExecutor();
                var shared = client();
                var other = client()) {
            var answers = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 3000; i++) {
                int length = i % 5 == 0 ? 70_000 + i : i;
                var client = i % 3 == 0 ? shared : other;
                var method = i % 2 == 0 ? "Repeat" : "RepeatBlocking";
                answers.add(
                        callers.submit(
                                () -> EchoService.call(client, method, "" + length).length()));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).isEqualTo(i % 5 == 0 ? 70_000 + i : i);
            }
        }
    }

    @Test
    void aClientThatReadsLateGetsEveryAnswerWhole() throws IOException {
        restart(ServerLimits.standard(), TransportOptions.standard().withSendBufferBytes(64 << 10));
        try (var late = raw();
                var client = client()) {
            var writing =
                    inBackground(() -> {
                        for (int i = 0; i < 100; i++) {
                            RawFrames.write(late, RawFrames.call(2 * i + 1, "Repeat", "200000"));
                        }
                        return "";
                    });
            assertThat(EchoService.call(client, "Echo", "others")).isEqualTo("others");
            for (int i = 0; i < 100; i++) {
                assertThat(RawFrames.skipFrame(late)).isGreaterThan(200_000);
            }
            assertThat(writing.join()).isEmpty();
        }
    }

    @Test
    void aClientThatNeverReadsIsNotServedWithoutEndAndDisturbsNobody() throws Exception {
        restart(ServerLimits.standard(), TransportOptions.standard().withSendBufferBytes(64 << 10));
        try (var client = client();
                var deaf = raw()) {
            deaf.configureBlocking(false);
            int sent = 0;
            while (deaf.write(RawFrames.call(2 * sent + 1, "Repeat", "200000")) > 0) {
                sent++;
                assertThat(EchoService.call(client, "Echo", "others")).isEqualTo("others");
            }
            assertThat(sent).isPositive();
        }
    }

    @Test
    void halfAFrameAndThenSilenceDisturbsNobody() throws IOException {
        var half = RawFrames.call(1, "Echo", "slow");
        try (var slow = raw();
                var client = client()) {
            slow.write(half.slice(0, half.limit() - 1));
            assertThat(EchoService.call(client, "Echo", "others")).isEqualTo("others");
        }
    }

    @Test
    void bytesThatAreNotTtrpcCloseThatConnectionOnly() throws IOException {
        try (var client = client();
                var garbage = raw()) {
            garbage.write(RawFrames.header(-1, 1));
            assertThat(garbage.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(EchoService.call(client, "Echo", "others")).isEqualTo("others");
        }
    }

    @Test
    void aFrameOneByteTooLongIsSkippedAndAnswered() throws IOException {
        try (var raw = raw()) {
            int length = (4 << 20) + 1;
            raw.write(RawFrames.header(length, 1));
            RawFrames.write(raw, ByteBuffer.allocate(length));
            RawFrames.write(raw, RawFrames.call(3, "Echo", "next"));

            assertThat(RawFrames.skipFrame(raw)).isPositive();
            assertThat(RawFrames.skipFrame(raw)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Block", "Hold"})
    void aClientThatVanishesCancelsItsCalls(String method) throws Exception {
        try (var raw = raw()) {
            raw.write(RawFrames.call(1, method, ""));
            service.contexts.take();
        }
        assertThat(service.cancellations.take()).isEqualTo(Cancellation.CONNECTION_CLOSED);
        await(() -> transport.connections().isEmpty());
    }

    @Test
    void aClientAtItsLimitIsServedInTurnAndItsEndIsNoticed() throws Exception {
        restart(ServerLimits.standard().withRunningCalls(1), TransportOptions.standard());
        try (var client = client();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            try (var raw = raw()) {
                RawFrames.write(raw, RawFrames.call(1, "Block", ""));
                RawFrames.write(raw, RawFrames.call(3, "Block", ""));
                service.contexts.take();
            }
            assertThat(service.cancellations.take()).isEqualTo(Cancellation.CONNECTION_CLOSED);

            var answers = new ArrayList<Future<String>>();
            for (int i = 0; i < 20; i++) {
                answers.add(callers.submit(() -> EchoService.call(client, "Block", "in turn")));
            }
            service.contexts.take();
            assertThat(service.blocked).hasValue(2);
            service.openGate();
            for (var answer : answers) {
                assertThat(answer.get()).isEqualTo("in turn");
            }
        }
    }

    @Test
    void everyByteIsJournaledWhileItIsStillInTheSocket() throws Exception {
        var ends = UnixSocket.pair(SocketType.STREAM);
        var journal =
                new RecordingJournal(new UnixSocket(ends.getFirst().descriptor().duplicate()));
        restart(ServerLimits.standard(), TransportOptions.standard().withJournal(journal));
        try (var peer = ends.getLast()) {
            transport.adopt(new ConnectionId(17), ends.getFirst());
            var bytes = RawFrames.call(1, "Hold", "z".repeat(300));
            try (var arena = Arena.ofConfined()) {
                var segment = arena.allocate(bytes.remaining());
                segment.asByteBuffer().put(bytes.duplicate());
                assertThat(peer.send(segment, 0, bytes.remaining())).isEqualTo(bytes.remaining());
            }
            assertThat(service.contexts.take().connection()).isEqualTo(new ConnectionId(17));
            assertThat(journal.events)
                    .containsExactly(
                            "appended " + bytes.remaining() + ", cursor " + bytes.remaining(),
                            "consumed, cursor 0");
            assertThat(journal.bytes).isEqualTo(bytes);
        } finally {
            journal.socket.close();
        }
    }

    @Test
    void aListenerThatWasInheritedIsAdopted() throws IOException {
        var inherited = directory.resolve("inherited.sock");
        try (var listener = UnixListener.bind(UnixAddress.of(inherited), SocketType.STREAM, 8)) {
            transport.listen(new UnixListener(listener.descriptor().duplicate()));
        }
        try (var client = TtrpcClient.connect(inherited)) {
            assertThat(EchoService.call(client, "Echo", "adopted")).isEqualTo("adopted");
        }
    }

    @Test
    void aConnectionThatIsServedAlreadyIsNotServedTwice() throws Exception {
        var ends = UnixSocket.pair(SocketType.STREAM);
        var again = new UnixSocket(ends.getFirst().descriptor().duplicate());
        try (var peer = ends.getLast()) {
            transport.adopt(new ConnectionId(17), ends.getFirst());
            transport.adopt(new ConnectionId(17), again);
            await(() -> !again.descriptor().isOpen());

            assertThat(transport.connections()).hasSize(1);
            assertThat(ends.getFirst().descriptor().isOpen()).isTrue();
            assertThat(peer.descriptor().isOpen()).isTrue();
        }
    }

    @Test
    void aConnectionThatIsAcceptedLaterHasAnIdOfItsOwn() throws Exception {
        var ends = UnixSocket.pair(SocketType.STREAM);
        try (var _ = ends.getLast()) {
            transport.adopt(new ConnectionId(1L << 40), ends.getFirst());
            try (var client = client()) {
                var answer = inBackground(() -> EchoService.call(client, "Block", ""));

                assertThat(service.contexts.take().connection().value()).isGreaterThan(1L << 40);
                service.openGate();
                assertThat(answer.get()).isEmpty();
            }
        }
    }

    @Test
    void aConnectionThatWasReadFromAndNotKeptIsClosed() throws Exception {
        var ended = new LinkedBlockingQueue<ConnectionId>();
        restart(ServerLimits.standard(), TransportOptions.standard().withOnEnd(ended::add));
        var ends = UnixSocket.pair(SocketType.STREAM);
        ends.getFirst().peekOffset(0);
        try (var _ = ends.getLast()) {
            transport.adopt(new ConnectionId(3), ends.getFirst());

            assertThat(ended.take()).isEqualTo(new ConnectionId(3));
            assertThat(ends.getFirst().descriptor().isOpen()).isFalse();
        }
    }

    @Test
    void aConnectionIsClosedWhenACallIsRefusedForGoodAndTheAnswerSent() throws Exception {
        var ended = new LinkedBlockingQueue<ConnectionId>();
        restart(ServerLimits.standard(), TransportOptions.standard().withOnEnd(ended::add));
        try (var client = client()) {
            assertThat(failure(() -> EchoService.call(client, "Refused", "")))
                    .isEqualTo(StatusCode.UNIMPLEMENTED);

            assertThat(ended.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void whoeverKeepsConnectionsIsToldOfTheirEndsAndNotOfOurs() throws Exception {
        var ended = new LinkedBlockingQueue<ConnectionId>();
        restart(ServerLimits.standard(), TransportOptions.standard().withOnEnd(ended::add));
        var gone = UnixSocket.pair(SocketType.STREAM);
        var kept = UnixSocket.pair(SocketType.STREAM);
        try (var _ = kept.getLast()) {
            transport.adopt(new ConnectionId(1), kept.getFirst());
            transport.adopt(new ConnectionId(2), gone.getFirst());
            gone.getLast().close();
            assertThat(ended.take()).isEqualTo(new ConnectionId(2));

            transport.close();

            assertThat(ended).isEmpty();
        }
    }

    @Test
    void connectionsAreNamedAsTheirCallsNameThem() throws Exception {
        try (var one = client();
                var two = client()) {
            var first = inBackground(() -> EchoService.call(one, "Block", ""));
            var firstId = service.contexts.take().connection();
            var second = inBackground(() -> EchoService.call(two, "Block", ""));
            var secondId = service.contexts.take().connection();

            assertThat(transport.connections())
                    .extracting(TransportConnection::id)
                    .containsExactlyInAnyOrder(firstId, secondId);
            assertThat(transport.connections())
                    .allMatch(connection -> connection.descriptor().isOpen());
            service.openGate();
            assertThat(first.join()).isEqualTo(second.join());
        }
    }

    @Test
    void aPeerThatThePolicyDoesNotAdmitIsClosed() throws IOException {
        var seen = new LinkedBlockingQueue<PeerCredentials>();
        PeerPolicy nobody = peer -> !seen.add(peer);
        restart(ServerLimits.standard(), TransportOptions.standard().withPeers(nobody));
        try (var raw = raw()) {
            assertThat(raw.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        assertThat(seen.element().pid()).isEqualTo((int) ProcessHandle.current().pid());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 65534})
    void rootAndOurselvesAreAdmitted(long uid) throws IOException {
        int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");

        assertThat(PeerPolicy.rootAndOwnUser().admits(new PeerCredentials(1, uid, 1)))
                .isEqualTo(uid == 0 || uid == self);
    }

    @Test
    void connectionsBeyondTheMostWaitUntilOneCloses() throws Exception {
        restart(ServerLimits.standard(), TransportOptions.standard().withMaxConnections(1));
        var first = client();
        assertThat(EchoService.call(first, "Echo", "first")).isEqualTo("first");
        try (var second = client()) {
            var answer = inBackground(() -> EchoService.call(second, "Echo", "second"));
            assertThat(EchoService.call(first, "Echo", "again")).isEqualTo("again");
            assertThat(answer).isNotDone();
            first.close();
            assertThat(answer.get()).isEqualTo("second");
        }
    }

    @Test
    void withoutDescriptorsLeftOthersAreServedAndTheNewcomerLater() throws Exception {
        try (var newcomer = SocketChannel.open(StandardProtocolFamily.UNIX);
                var client = client()) {
            assertThat(EchoService.call(client, "Echo", "before")).isEqualTo("before");
            try (var _ = DescriptorLimit.noneLeft()) {
                newcomer.connect(UnixDomainSocketAddress.of(socket));
                assertThat(EchoService.call(client, "Echo", "others")).isEqualTo("others");
                assertThat(transport.connections()).hasSize(1);
            }
            await(() -> transport.connections().size() == 2);
            RawFrames.write(newcomer, RawFrames.call(1, "Echo", "later"));
            assertThat(RawFrames.skipFrame(newcomer)).isPositive();
        }
    }

    @Test
    void startingServingAndClosingAgainLeavesNoDescriptor() throws IOException {
        long before = 0;
        for (int i = 0; i < 20; i++) {
            restart(ServerLimits.standard(), TransportOptions.standard());
            try (var client = client()) {
                assertThat(EchoService.call(client, "EchoBlocking", "hello")).isEqualTo("hello");
            }
            // By then the JVM has all the pollers that it wants for itself.
            before = i == 10 ? openDescriptors() : before;
        }
        assertThat(openDescriptors()).isLessThan(before + 5);
    }

    @Test
    void shutdownWaitsForTheCallsThatAreOpen() throws Exception {
        try (var client = client();
                var idle = client()) {
            var answer = inBackground(() -> EchoService.call(client, "Block", "drained"));
            service.contexts.take();
            var drained = inBackground(() -> transport.shutdown(Duration.ofSeconds(60)));
            await(() -> !idle.isOpen());
            service.openGate();

            assertThat(answer.get()).isEqualTo("drained");
            assertThat(drained.get()).isTrue();
        }
    }

    @Test
    void shutdownCancelsWhatIsOpenAfterTheGracePeriod() throws Exception {
        try (var client = client()) {
            var answer = inBackground(() -> failure(() -> EchoService.call(client, "Hold", "")));
            service.held.take();

            assertThat(transport.shutdown(Duration.ofMillis(20))).isFalse();

            assertThat(service.cancellations.take()).isEqualTo(Cancellation.CONNECTION_CLOSED);
            assertThat(answer.get()).isEqualTo(StatusCode.UNAVAILABLE);
        }
    }

    /** Says in which order the transport told of what, and where the kernel's cursor was. */
    private static final class RecordingJournal implements InboundJournal, ConnectionJournal {
        private final UnixSocket socket;
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        private volatile ByteBuffer bytes = ByteBuffer.allocate(0);

        private RecordingJournal(UnixSocket socket) {
            this.socket = socket;
        }

        @Override
        public ConnectionJournal open(ConnectionId connection, boolean readBefore) {
            return this;
        }

        @Override
        public boolean isWhole() {
            return true;
        }

        @Override
        public Backlog backlog() {
            return Backlog.NONE;
        }

        @Override
        public boolean isConsumed() {
            return true;
        }

        @Override
        public int fit(ByteBuffer chunk, Runnable whenRoom) {
            return chunk.remaining();
        }

        @Override
        public void append(ByteBuffer chunk) {
            events.add("appended %d, cursor %d".formatted(chunk.remaining(), socket.peekOffset()));
            bytes = ByteBuffer.allocate(chunk.remaining()).put(chunk.duplicate()).flip();
        }

        @Override
        public void consumed() {
            events.add("consumed, cursor " + socket.peekOffset());
        }

        @Override
        public void sentInPart(boolean inPart) {
            events.add("sent " + (inPart ? "in part" : "whole"));
        }

        @Override
        public void answered(int streamId) {
            events.add("answered " + streamId);
        }

        @Override
        public void closed() {
            events.add("closed");
        }
    }

    private static StatusCode failure(Runnable call) {
        try {
            call.run();
            return StatusCode.OK;
        } catch (TtrpcException e) {
            return e.code();
        }
    }

    private void restart(ServerLimits limits, TransportOptions options) throws IOException {
        transport.close();
        Files.delete(socket);
        start(limits, options);
    }

    private void start(ServerLimits limits, TransportOptions options) {
        transport =
                TtrpcTransport.start(
                        "transport-test", service.config().withLimits(limits), options);
        transport.listen(UnixListener.bind(UnixAddress.of(socket), SocketType.STREAM, 64));
    }

    private TtrpcClient client() throws IOException {
        return TtrpcClient.connect(socket);
    }

    private SocketChannel raw() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    private static <T> CompletableFuture<T> inBackground(Callable<T> action) {
        var outcome = new CompletableFuture<T>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        outcome.complete(action.call());
                    } catch (Throwable e) {
                        outcome.completeExceptionally(e);
                    }
                });
        return outcome;
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("too late").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Listeners and accepted connections, which the kernel knows by the listener's path. */
    private long ourSockets() {
        try (var sockets = Files.lines(Path.of("/proc/net/unix"))) {
            return sockets.filter(line -> line.contains(directory.toString())).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long openDescriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }
}
