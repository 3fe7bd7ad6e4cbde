// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeakCheck
class PollerTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Poller poller = Poller.start("poller-test");

    @TempDir private Path directory;

    @AfterEach
    void stop() {
        poller.close();
    }

    @Test
    void aWatchCallsBackOnce() throws Exception {
        var called = new CountDownLatch(1);
        try (var event = EventFd.create()) {
            try (var _ = poller.watch(event.descriptor(), Epoll.READABLE, called::countDown)) {
                event.signal();
                assertThat(called.await(20, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void whoeverWaitsIsInterruptedWhenThePollerIsClosed() throws Exception {
        var own = Poller.start("poller-test-own");
        try (var event = EventFd.create();
                var pipe = Pipe.open()) {
            var waits = waiting(() -> own.await(event.descriptor(), Epoll.READABLE, LONG));
            var reads =
                    waiting(() -> {
                        try (var stream = own.inputStream(pipe.reader().duplicate())) {
                            return stream.read();
                        }
                    });
            var called = new AtomicBoolean();
            var _ = own.watch(event.descriptor(), Epoll.READABLE, () -> called.set(true));
            own.close();

            assertThatThrownBy(waits::get).hasRootCauseInstanceOf(InterruptedException.class);
            assertThatThrownBy(reads::get).hasRootCauseInstanceOf(InterruptedIOException.class);
            assertThat(called).isFalse();
        }
    }

    /** Begins it, and returns when it waits. */
    private static FutureTask<Object> waiting(Callable<Object> work) {
        var task = new FutureTask<>(work);
        var thread = Thread.ofPlatform().daemon().start(task);
        while (thread.isAlive()
                && thread.getState() != Thread.State.WAITING
                && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return task;
    }

    @Test
    void aCallbackThatThrowsDoesNotStopTheOthers() throws Exception {
        try (var event = EventFd.create();
                var _ =
                        poller.watch(
                                event.descriptor(),
                                Epoll.READABLE,
                                () -> {
                                    throw new IllegalStateException("expected by the test");
                                })) {
            event.signal();
            assertThat(poller.await(event.descriptor(), Epoll.READABLE, LONG)).isTrue();
        }
    }

    @Test
    void aWaitEndsWhenTheTimeIsUp() throws InterruptedException {
        try (var event = EventFd.create()) {
            assertThat(poller.await(event.descriptor(), Epoll.READABLE, Duration.ofMillis(5)))
                    .isFalse();
        }
    }

    @Test
    void readerAndWriterOfOneSocketWaitAtTheSameTime() throws Exception {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var one = pair.getFirst();
                var other = pair.getLast();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> readable =
                    threads.submit(() -> poller.await(one.descriptor(), Epoll.READABLE, LONG));
            assertThat(poller.await(one.descriptor(), Epoll.WRITABLE, LONG)).isTrue();
            other.send(Memory.of("x"), 0, 1);
            assertThat(readable.get()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInterruptEndsABlockedReadAndTheStreamStaysUsable(boolean virtual) throws Exception {
        try (var pipe = Pipe.open();
                var stream = poller.inputStream(pipe.reader())) {
            var reading = new Reading(virtual, stream);
            reading.thread.interrupt();
            assertThatThrownBy(reading::result).hasCauseInstanceOf(InterruptedIOException.class);
            pipe.writer().write(Memory.of("x"), 0, 1);
            assertThat(stream.read()).isEqualTo('x');
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCloseEndsABlockedRead(boolean virtual) throws Exception {
        try (var pipe = Pipe.open();
                var stream = poller.inputStream(pipe.reader())) {
            var reading = new Reading(virtual, stream);
            stream.close();
            assertThatThrownBy(reading::result).hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void aFifoThatNobodyHasOpenedForWritingYetIsNotAtItsEnd() throws Exception {
        var fifo = Fifos.create(directory.resolve("fifo"));
        try (var stream =
                poller.inputStream(Descriptor.open(fifo, OpenFlag.READ, OpenFlag.NON_BLOCKING))) {
            var reading = new Reading(true, stream);
            Descriptor.open(fifo, OpenFlag.WRITE).close();
            assertThat(reading.result()).isEqualTo(-1);
        }
    }

    @Test
    void aWriterWaitsForAReaderAndLosesNothing() throws Exception {
        var bytes = new byte[1_000_003];
        new Random(7).nextBytes(bytes);
        try (var pipe = Pipe.open();
                var in = poller.inputStream(pipe.reader());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var written =
                    threads.submit(() -> {
                        try (var out = poller.outputStream(pipe.writer())) {
                            out.write(bytes);
                        }
                        return true;
                    });
            assertThat(in.readAllBytes()).isEqualTo(bytes);
            assertThat(written.get()).isTrue();
        }
    }

    @Test
    void aCloseEndsABlockedWrite() throws Exception {
        try (var pipe = Pipe.open();
                var out = poller.outputStream(pipe.writer());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var entered = new CountDownLatch(1);
            var written =
                    threads.submit(() -> {
                        entered.countDown();
                        out.write(new byte[1_000_000]);
                        return true;
                    });
            entered.await();
            out.close();
            assertThatThrownBy(written::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void writingToNobodyIsAnIoException() throws IOException {
        try (var pipe = Pipe.open();
                var out = poller.outputStream(pipe.writer())) {
            pipe.reader().close();
            assertThatThrownBy(() -> out.write(1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("EPIPE");
        }
    }

    /** A read on a thread of its own, which is in the stream or on its way there. */
    private static final class Reading {
        private final FutureTask<Integer> task;
        private final Thread thread;

        Reading(boolean virtual, InputStream stream) throws InterruptedException {
            var entered = new CountDownLatch(1);
            task =
                    new FutureTask<>(() -> {
                        entered.countDown();
                        return stream.read();
                    });
            var builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
            thread = builder.name("reader").start(task);
            entered.await();
        }

        int result() throws ExecutionException, InterruptedException {
            return task.get();
        }
    }

    /** The thread may find out that it is to end while it is awake, before it is woken for that. */
    @Test
    void closingOneThatIsBusyIsHarmless() {
        for (int i = 0; i < 200; i++) {
            var busy = Poller.start("silica-test-busy");
            try (var pipe = Pipe.open()) {
                watchAgain(busy, pipe.writer());
                busy.close();
            }
        }
    }

    private static void watchAgain(Poller poller, Descriptor alwaysReady) {
        poller.watch(alwaysReady, Epoll.WRITABLE, () -> watchAgain(poller, alwaysReady));
    }
}
