// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import static io.silica.server.stream.StreamedPod.STDIN;
import static io.silica.server.stream.StreamedPod.STDOUT;
import static io.silica.server.stream.StreamedPod.read;
import static io.silica.server.stream.StreamedPod.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.OpenFlag;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.streaming.StreamInit;
import io.silica.proto.containerd.transfer.WindowUpdate;
import io.silica.server.contract.ContainerdStream;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a process gets of what containerd sends, and what containerd may send. */
@LeakCheck
@Timeout(60)
class StreamedInputTest {
    private static final Duration LONG = Duration.ofHours(1);

    /** More than a FIFO and a window hold. */
    private static final int MUCH = 300 << 10;

    @TempDir Path directory;
    private StreamedPod pod;

    @BeforeEach
    void start() throws IOException {
        pod = new StreamedPod(directory, new StreamPatience(LONG, LONG));
    }

    @AfterEach
    void stop() {
        pod.close();
    }

    @Test
    void theProcessGetsAllOfTheInputAndThenItsEnd() {
        String all = "0123456789".repeat(MUCH / 10);
        try (var stream = pod.open(STDIN)) {
            var process = pod.run(STDIN);
            try (var guest = pod.guest("stdin", OpenFlag.READ)) {
                var ended =
                        CompletableFuture.runAsync(() -> {
                            writeAsFarAsThereIsRoom(stream, all);
                            stream.closeSend();
                            process.closeStdin();
                        });
                var got = new StringBuilder();
                while (got.length() < all.length()) {
                    got.append(read(guest));
                }
                assertThat(got).hasToString(all);
                ended.join();
                // At the end a read gives nothing and is ready all the same.
                assertThat(guest.isReady(Epoll.READABLE)).isTrue();
                assertThat(read(guest)).isEmpty();
            }
        }
    }

    @Test
    void aProcessThatReadsLateGetsTheLastBytesBeforeTheEnd() throws IOException {
        pod.close();
        pod = new StreamedPod(directory, new StreamPatience(LONG, Duration.ofMillis(20)));
        try (var stream = pod.open(STDIN)) {
            var process = pod.run(STDIN);
            try (var guest = pod.guest("stdin", OpenFlag.READ)) {
                fill(stream);
                process.closeStdin();
                stream.closeSend();
                var got = new StringBuilder();
                while (got.length() < ContainerdStream.WINDOW * 3 / 2) {
                    awaitInput(guest);
                    got.append(read(guest));
                }
                awaitInput(guest);
                assertThat(read(guest)).isEmpty();
                assertThat(got.toString()).endsWith("y".repeat(ContainerdStream.WINDOW));
            }
        }
    }

    /** Sends half a window more than the FIFO holds, and waits until that is full. */
    private void fill(ContainerdStream stream) {
        stream.awaitGrant();
        stream.write("x".repeat(ContainerdStream.WINDOW / 2));
        stream.awaitGrant();
        stream.write("y".repeat(ContainerdStream.WINDOW));
        try (var writer = pod.guest("stdin", OpenFlag.WRITE)) {
            while (writer.isReady(Epoll.WRITABLE)) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void whileTheProcessDoesNotReadContainerdMayNotSend() {
        try (var stream = pod.open(STDIN)) {
            pod.run(STDIN);
            int more = fillWithWindow(stream);
            stream.write("y".repeat(more) + "z");
            refused(StatusCode.RESOURCE_EXHAUSTED, stream::awaitGrant);
        }
    }

    @Test
    void whenTheProcessReadsContainerdMaySendMore() {
        try (var stream = pod.open(STDIN)) {
            pod.run(STDIN);
            try (var guest = pod.guest("stdin", OpenFlag.READ)) {
                int more = fillWithWindow(stream);
                // This stays where it is until something is read.
                stream.write("y".repeat(more));
                awaitInput(guest);
                assertThat(read(guest)).startsWith("x");
                assertThat(stream.awaitGrant()).isPositive();
            }
        }
    }

    /** Fills the FIFO; tells how much may be sent still, which is a window. */
    private static int fillWithWindow(ContainerdStream stream) {
        stream.write("x".repeat(stream.awaitGrant()));
        int more = 0;
        while (more < ContainerdStream.WINDOW) {
            more += stream.awaitGrant();
        }
        return more;
    }

    @Test
    void theEndOfTheInputIsNoEndForTheProcessBeforeItIsSaid() {
        try (var stream = pod.open(STDIN)) {
            pod.run(STDIN);
            try (var guest = pod.guest("stdin", OpenFlag.READ)) {
                stream.awaitGrant();
                stream.write("text");
                stream.closeSend();
                awaitInput(guest);
                assertThat(read(guest)).isEqualTo("text");
                assertThat(guest.isReady(Epoll.READABLE)).isFalse();
            }
        }
    }

    @Test
    void anInputThatIsOpenedAgainGoesOn() {
        try (var first = pod.open(STDIN)) {
            pod.run(STDIN);
            try (var guest = pod.guest("stdin", OpenFlag.READ);
                    var second = pod.open(STDIN)) {
                assertThat(second.awaitGrant()).isEqualTo(ContainerdStream.WINDOW);
                second.write("text");
                awaitInput(guest);
                assertThat(read(guest)).isEqualTo("text");
                refused(
                        StatusCode.ABORTED,
                        () -> {
                            first.awaitGrant();
                            first.awaitGrant();
                        });
            }
        }
    }

    @Test
    void whereThereIsNoRoomOnlyStreamsThatAreUsedAreOpened() {
        try (var first = pod.open(STDIN)) {
            pod.run(STDIN);
            first.awaitGrant();
            pod.fillUp();
            pod.open(STDIN).close();
            refused(StatusCode.RESOURCE_EXHAUSTED, () -> pod.open(STDOUT).close());
        }
    }

    @Test
    void whoeverSendsMoreThanWasGrantedIsRefused() {
        try (var stream = pod.open(STDIN)) {
            stream.write("nobody has asked for it");
            refused(StatusCode.RESOURCE_EXHAUSTED, stream::read);
        }
        try (var stream = pod.open(STDOUT)) {
            pod.run(STDOUT);
            stream.write("an output takes none");
            refused(StatusCode.RESOURCE_EXHAUSTED, stream::read);
        }
    }

    @Test
    void nothingIsNoMoreThanAnOutputTakes() {
        try (var stream = pod.open(STDOUT)) {
            pod.run(STDOUT);
            stream.write("");
            stream.grant(ContainerdStream.WINDOW);
            try (var guest = pod.guest("stdout", OpenFlag.WRITE)) {
                write(guest, "text");
            }
            assertThat(stream.read()).contains(ByteString.copyFromUtf8("text"));
        }
    }

    @Test
    void whatMakesNoStreamIsRefused() {
        refusedToBeginWith(Empty.getDefaultInstance());
        refusedToBeginWith(StreamInit.getDefaultInstance());
        refusedToBeginWith(StreamInit.newBuilder().setId("x".repeat(1000)).build());
        try (var stream = pod.open(STDIN)) {
            stream.send(WindowUpdate.newBuilder().setUpdate(-1).build());
            refused(StatusCode.INVALID_ARGUMENT, stream::read);
        }
        try (var stream = pod.open(STDIN)) {
            stream.send(StreamInit.newBuilder().setId(STDIN).build());
            refused(StatusCode.INVALID_ARGUMENT, stream::read);
        }
    }

    private void refusedToBeginWith(Message message) {
        try (var stream = pod.connect()) {
            stream.send(message);
            refused(StatusCode.INVALID_ARGUMENT, stream::read);
        }
    }

    private static void writeAsFarAsThereIsRoom(ContainerdStream stream, String text) {
        int room = 0;
        int written = 0;
        while (written < text.length()) {
            room += room == 0 ? stream.awaitGrant() : 0;
            int count = Math.min(Math.min(room, 32 << 10), text.length() - written);
            stream.write(text.substring(written, written + count));
            written += count;
            room -= count;
        }
    }

    private static void awaitInput(Descriptor guest) {
        while (!guest.isReady(Epoll.READABLE)) {
            Thread.onSpinWait();
        }
    }

    private static void refused(StatusCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TtrpcException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
