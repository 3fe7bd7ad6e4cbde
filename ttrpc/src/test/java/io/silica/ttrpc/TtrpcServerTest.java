// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our server and our client over real sockets. */
@Timeout(60)
final class TtrpcServerTest {
    private final TestService service = new TestService();
    @TempDir private Path directory;
    private TtrpcServer server = new TtrpcServer(service.config());

    @BeforeEach
    void listen() throws IOException {
        listen(server);
    }

    @AfterEach
    void end() {
        service.openGate();
        server.close();
        assertThat(server.connections()).isZero();
    }

    @Test
    void aCallIsAnswered() throws IOException {
        try (var client = client()) {
            assertThat(echo(client, "Echo", "a")).isEqualTo("a");
            assertThat(echo(client, "EchoBlocking", "b")).isEqualTo("b");
        }
    }

    @Test
    void manyCallersShareOneConnection() throws Exception {
        try (var client = client();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<String>>();
            for (int i = 0; i < 2000; i++) {
                var text = "call " + i;
                var method = i % 2 == 0 ? "Echo" : "EchoBlocking";
                answers.add(callers.submit(() -> echo(client, method, text)));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).isEqualTo("call " + i);
            }
        }
    }

    @Test
    void messagesOfNearlyFourMebibytesGoBothWays() throws IOException {
        var text = "x".repeat(Frame.MAX_PAYLOAD_BYTES - 100);
        try (var client = client()) {
            assertThat(echo(client, "Echo", text)).isEqualTo(text);
        }
    }

    @Test
    void aConnectionCanBeAPairOfPipes() throws IOException {
        var toServer = Pipe.open();
        var toClient = Pipe.open();
        server.serve(toServer.source(), toClient.sink());
        try (var client = TtrpcClient.over(toClient.source(), toServer.sink())) {
            assertThat(echo(client, "Echo", "through pipes")).isEqualTo("through pipes");
        }
    }

    @Test
    void aClientThatVanishesCancelsItsCallsAndNoOthers() throws Exception {
        try (var other = client()) {
            var waiting = CompletableFuture.supplyAsync(() -> echo(other, "Hold", ""));
            var reply = service.held.take();
            raw(Frames.call(1, "Block", "")).close();

            assertThat(service.cancellations.take()).isEqualTo(Cancellation.CONNECTION_CLOSED);
            reply.complete(Frames.text("kept"));
            assertThat(waiting.get()).isEqualTo("kept");
        }
    }

    @Test
    void halfAFrameAndThenSilenceDisturbsNobody() throws IOException {
        var slow = Frames.call(1, "Echo", "slow");
        try (var _ = raw(slow.slice(0, slow.limit() - 1));
                var client = client()) {
            assertThat(echo(client, "Echo", "others")).isEqualTo("others");
        }
    }

    @Test
    void aClientThatNeverReadsDisturbsNobody() throws IOException {
        try (var client = client();
                var deaf = raw(Frames.call(1, "Repeat", "3000000"))) {
            deaf.write(Frames.call(3, "Repeat", "3000000"));
            deaf.write(Frames.call(5, "Repeat", "3000000"));
            assertThat(echo(client, "Echo", "others")).isEqualTo("others");
        }
    }

    @Test
    void bytesThatAreNotTtrpcCloseThatConnectionOnly() throws IOException {
        try (var client = client();
                var garbage = raw(Frames.header(-1, 1, Frames.REQUEST))) {
            assertThat(garbage.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(echo(client, "Echo", "others")).isEqualTo("others");
        }
    }

    @Test
    void aClientWithMoreCallsThanTheLimitIsServedInTurn() throws Exception {
        server.close();
        var limits = ServerLimits.standard().withRunningCalls(1);
        server = new TtrpcServer(service.config().withLimits(limits));
        listen(server);
        try (var client = client();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<String>>();
            for (int i = 0; i < 20; i++) {
                answers.add(callers.submit(() -> echo(client, "Block", "in turn")));
            }
            while (service.blocked.get() == 0) {
                Thread.onSpinWait();
            }
            assertThat(service.blocked).hasValue(1);
            service.openGate();
            for (var answer : answers) {
                assertThat(answer.get()).isEqualTo("in turn");
            }
        }
    }

    @Test
    void shutdownWaitsForTheCallsThatAreOpen() throws Exception {
        try (var client = client();
                var idle = client()) {
            var answer = CompletableFuture.supplyAsync(() -> echo(client, "Block", "drained"));
            service.contexts.take();
            var drained = CompletableFuture.supplyAsync(() -> shutdown(Duration.ofSeconds(30)));
            while (idle.isOpen()) {
                Thread.onSpinWait();
            }
            service.openGate();

            assertThat(answer.get()).isEqualTo("drained");
            assertThat(drained.get()).isTrue();
            assertThatThrownBy(this::client).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shutdownCancelsWhatIsOpenAfterTheGracePeriod() throws Exception {
        try (var client = client()) {
            var answer = CompletableFuture.supplyAsync(() -> failure(client, "Hold"));
            service.held.take();

            assertThat(shutdown(Duration.ofMillis(20))).isFalse();

            assertThat(service.cancellations.take()).isEqualTo(Cancellation.CONNECTION_CLOSED);
            assertThat(answer.get()).isEqualTo(StatusCode.UNAVAILABLE);
        }
    }

    private boolean shutdown(Duration grace) {
        try {
            return server.shutdown(grace);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void listen(TtrpcServer listening) throws IOException {
        var socket = directory.resolve("s" + System.identityHashCode(listening));
        var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        listening.listen(listener);
    }

    private Path socket() {
        return directory.resolve("s" + System.identityHashCode(server));
    }

    private TtrpcClient client() throws IOException {
        return TtrpcClient.connect(socket());
    }

    private SocketChannel raw(ByteBuffer bytes) throws IOException {
        var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()));
        channel.write(bytes);
        return channel;
    }

    private static String echo(TtrpcClient client, String method, String text) {
        return client.call(
                        TestService.NAME,
                        method,
                        Frames.text(text),
                        StringValue.parser(),
                        CallOptions.none())
                .getValue();
    }

    private static StatusCode failure(TtrpcClient client, String method) {
        try {
            return StatusCode.valueOf(echo(client, method, ""));
        } catch (TtrpcException e) {
            return e.code();
        }
    }
}
