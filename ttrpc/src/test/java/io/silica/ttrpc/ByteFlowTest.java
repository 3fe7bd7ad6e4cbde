// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ByteFlowTest {
    private static final int WINDOW = 64;
    private static final int MUCH = 100_000;

    private final Way there = new Way();
    private final Way back = new Way();
    private final ByteFlow<ByteFlowPart> client = flow(back, there);
    private final ByteFlow<ByteFlowPart> server = flow(there, back);
    private final List<Thread> threads = new ArrayList<>();

    /** One direction: what is sent arrives, in order. An empty message is its end. */
    private static final class Way
            implements MessageSource<ByteFlowPart>, MessageSink<ByteFlowPart> {
        private final BlockingQueue<Optional<ByteFlowPart>> parts = new LinkedBlockingQueue<>();

        @Override
        public void send(ByteFlowPart part) {
            parts.add(Optional.of(part));
        }

        void close() {
            parts.add(Optional.empty());
        }

        @Override
        public Optional<ByteFlowPart> receive() {
            try {
                return parts.take();
            } catch (InterruptedException _) {
                throw new TtrpcException(StatusCode.CANCELLED, "interrupted");
            }
        }
    }

    private static ByteFlow<ByteFlowPart> flow(Way in, Way out) {
        return new ByteFlow<>(in, out, Function.identity(), Function.identity(), WINDOW);
    }

    private void begin(Runnable work) {
        threads.add(Thread.ofVirtual().start(work));
    }

    private void receive() {
        begin(client::receive);
        begin(server::receive);
    }

    @AfterEach
    void end() throws InterruptedException {
        there.close();
        back.close();
        for (var thread : threads) {
            thread.interrupt();
            thread.join();
        }
    }

    @Test
    void allBytesArriveInOrderAndThenTheEnd() throws Exception {
        receive();
        var bytes = new byte[MUCH];
        new SplittableRandom(7).nextBytes(bytes);
        begin(() -> {
            write(client, bytes);
            client.end();
        });
        assertThat(server.input().readAllBytes()).isEqualTo(bytes);
        server.output().write(1);
        assertThat(client.input().read()).isEqualTo(1);
    }

    @Test
    void aDirectionThatStandsStillDoesNotHoldUpTheOther() throws Exception {
        receive();
        begin(() -> write(client, new byte[MUCH])); // Nobody reads it.
        var answer = new byte[MUCH];
        Arrays.fill(answer, (byte) 3);
        begin(() -> write(server, answer));
        assertThat(client.input().readNBytes(MUCH)).isEqualTo(answer);
    }

    @Test
    void nobodySendsMoreThanTheWindowBeyondWhatWasTaken() throws Exception {
        begin(client::receive);
        begin(() -> write(client, new byte[MUCH]));
        int arrived = 0;
        while (arrived < WINDOW) {
            arrived += there.receive().orElseThrow().bytes().size();
        }
        back.send(ByteFlowPart.ofTaken(5));
        assertThat(there.receive().orElseThrow().bytes().size()).isEqualTo(5);
        assertThat(there.parts).isEmpty();
    }

    @Test
    void whatComesInManySmallMessagesIsReadAtOnce() throws Exception {
        for (int i = 0; i < WINDOW; i++) {
            there.send(ByteFlowPart.of(ByteString.copyFrom(new byte[] {(byte) i})));
        }
        there.send(ByteFlowPart.ofEnd());
        there.close();
        server.receive();
        var all = new byte[WINDOW];
        assertThat(server.input().read(all)).isEqualTo(WINDOW);
        assertThat(all).startsWith(0, 1, 2).endsWith(WINDOW - 2, WINDOW - 1);
        assertThat(server.input().read()).isEqualTo(-1);
    }

    @Test
    void aSideThatSendsMoreThanItMayIsNotListenedToAnyMore() {
        there.send(ByteFlowPart.of(ByteString.copyFrom(new byte[WINDOW + 1])));
        server.receive();
        assertThatThrownBy(() -> server.input().read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("window");
    }

    @Test
    void aSideThatHasTakenWhatWasNeverSentIsNotListenedToAnyMore() {
        there.send(ByteFlowPart.ofTaken(1));
        server.receive();
        assertThatThrownBy(() -> server.output().write(new byte[WINDOW + 1]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("more was taken");
    }

    @Test
    void bytesBehindTheEndAreRefused() throws Exception {
        there.send(ByteFlowPart.ofEnd());
        there.send(ByteFlowPart.of(ByteString.copyFrom(new byte[1])));
        server.receive();
        assertThat(server.input().read()).isEqualTo(-1);
    }

    @Test
    void whatWasReceivedFromASideThatIsGoneCanBeRead() throws Exception {
        there.send(ByteFlowPart.of(ByteString.copyFrom(new byte[] {1, 2})));
        there.close();
        server.receive();
        assertThat(server.input().readNBytes(2)).containsExactly(1, 2);
        assertThatThrownBy(() -> server.input().read()).hasMessage("the other side is gone");
    }

    @Test
    void anInterruptEndsARead() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> server.input().read()).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    private static void write(ByteFlow<ByteFlowPart> flow, byte[] bytes) {
        try {
            flow.output().write(bytes);
        } catch (IOException _) {
            // The test is over.
        }
    }
}
