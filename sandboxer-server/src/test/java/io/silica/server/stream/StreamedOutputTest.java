// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import static io.silica.server.stream.StreamedPod.STDOUT;
import static io.silica.server.stream.StreamedPod.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFlag;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.server.contract.ContainerdStream;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the output of a process, whatever containerd does with its stream. */
@LeakCheck
@Timeout(60)
class StreamedOutputTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(1);

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
    void noMoreIsReadThanContainerdHasRoomFor() {
        try (var stream = pod.open(STDOUT);
                var guest = started()) {
            write(guest, "0123456789");
            stream.grant(4);
            assertThat(stream.read().orElseThrow().toStringUtf8()).isEqualTo("0123");
            stream.grant(3);
            assertThat(stream.read().orElseThrow().toStringUtf8()).isEqualTo("456");
        }
    }

    @Test
    void muchOutputComesWholeAndInOrderBeforeTheEndIsTold() throws Exception {
        var read = pod.open(STDOUT).readAll();
        var process = pod.run(STDOUT);
        var all = new StringBuilder();
        try (var guest = pod.guest("stdout", OpenFlag.WRITE)) {
            for (int line = 0; all.length() < 1 << 20; line++) {
                String text = line + "\n";
                writeAll(guest, text);
                all.append(text);
            }
        }
        pod.end(3);
        assertThat(process.exit().await().code()).isEqualTo(3);
        assertThat(read).isCompletedWithValue(all.toString());
    }

    @Test
    void aReaderThatNeverReadsHoldsTheProcessUpAndItsEndForAWhile() throws Exception {
        beginAnew(LONG, Duration.ofMillis(100));
        try (var _ = pod.open(STDOUT)) {
            var process = pod.run(STDOUT);
            try (var guest = pod.guest("stdout", OpenFlag.WRITE)) {
                String line = "x".repeat(4 << 10);
                int written = 0;
                for (int count = write(guest, line); count > 0; count = write(guest, line)) {
                    written += count;
                }
                assertThat(written).isEqualTo(64 << 10);
            }
            pod.end(3);
            assertThat(process.exit().await().code()).isEqualTo(3);
        }
    }

    @Test
    void aStreamThatNobodyUsesWaitsAndGoesWithItsConnection() {
        var stream = pod.open(STDOUT);
        stream.closeSend();
        assertThat(stream.read()).isEmpty();
        assertThatThrownBy(() -> pod.create(STDOUT))
                .isInstanceOf(SandboxException.WrongState.class)
                .hasMessageContaining(STDOUT);
        assertThat(pod.ownDirectory()).isEmptyDirectory();
        stream.close();
    }

    @Test
    void aStreamThatIsOpenedAgainTakesThePlaceOfTheFirst() {
        try (var first = pod.open(STDOUT);
                var guest = started();
                var second = pod.open(STDOUT)) {
            assertThatThrownBy(first::read)
                    .isInstanceOfSatisfying(
                            TtrpcException.class,
                            e -> assertThat(e.code()).isEqualTo(StatusCode.ABORTED));
            write(guest, "text");
            second.grant(100);
            assertThat(second.read().orElseThrow().toStringUtf8()).isEqualTo("text");
        }
    }

    @Test
    void outputAndTheEndWaitForAContainerdThatIsAway() throws Exception {
        pod.open(STDOUT).vanish();
        var first = pod.open(STDOUT);
        var process = pod.run(STDOUT);
        try (var guest = pod.guest("stdout", OpenFlag.WRITE)) {
            first.vanish();
            write(guest, "kept");
        }
        pod.end(7);
        assertThat(process.exit().status()).isEmpty();
        var read = pod.open(STDOUT).readAll();
        assertThat(process.exit().await().code()).isEqualTo(7);
        assertThat(read).isCompletedWithValue("kept");
    }

    @Test
    void outputThatContainerdHasClosedIsDroppedAndTheProcessGoesOn() throws Exception {
        try (var stream = pod.open(STDOUT);
                var guest = started()) {
            stream.closeSend();
            assertThat(stream.read()).isEmpty();
            writeAll(guest, "x".repeat(MUCH));
            try (var again = pod.open(STDOUT)) {
                again.grant(2 * ContainerdStream.WINDOW);
                writeAll(guest, "!");
                assertThat(lastByte(again)).isEqualTo("!");
            }
        }
    }

    @Test
    void aStreamLostByAContainerdThatStillWaitsForTheProcessIsGivenUp() throws Exception {
        beginAnew(SHORT, LONG);
        var stream = pod.open(STDOUT);
        var process = pod.run(STDOUT);
        pod.await();
        stream.vanish();
        try (var guest = pod.guest("stdout", OpenFlag.WRITE)) {
            writeAll(guest, "x".repeat(MUCH));
        }
        pod.end(7);
        assertThat(process.exit().await().code()).isEqualTo(7);
    }

    @Test
    void theEndOfAProcessThatNeverRanWaitsForNobody() throws Exception {
        try (var _ = pod.open(STDOUT)) {
            var process = pod.create(STDOUT);
            process.kill(Signal.KILL, true);
            assertThat(process.exit().await().code()).isEqualTo(137);
        }
    }

    @Test
    void whatAChildOfTheProcessWritesLaterHoldsNothingUp() throws Exception {
        var read = pod.open(STDOUT).readAll();
        var process = pod.run(STDOUT);
        try (var child = pod.guest("stdout", OpenFlag.WRITE)) {
            write(child, "text");
            pod.end(0);
            assertThat(process.exit().await().code()).isZero();
            assertThat(read).isCompletedWithValue("text");
        }
    }

    @Test
    void theNextLifeOfTheDaemonGoesOnWhereTheFifoIs() throws Exception {
        var stream = pod.open(STDOUT);
        pod.run(STDOUT);
        try (var guest = pod.guest("stdout", OpenFlag.READ_WRITE)) {
            write(guest, "before, ");
            var process = pod.liveAgain(STDOUT);
            stream.vanish();
            write(guest, "after");
            var read = pod.open(STDOUT).readAll();
            pod.end(7);
            assertThat(process.exit().await().code()).isEqualTo(7);
            assertThat(read).isCompletedWithValue("before, after");
        }
    }

    @Test
    void anEndThatIsHeldBackIsToldWhenTheSandboxGoes() throws Exception {
        var stream = pod.open(STDOUT);
        var process = pod.run(STDOUT);
        try (var guest = pod.guest("stdout", OpenFlag.WRITE)) {
            stream.vanish();
            write(guest, "text");
        }
        pod.end(7);
        pod.shutdown();
        assertThat(process.exit().status().map(ExitStatus::code)).contains(7);
        assertThat(pod.ownDirectory()).doesNotExist();
    }

    @Test
    void aDeleteRemovesTheFifoAndFreesTheId() throws Exception {
        var read = pod.open(STDOUT).readAll();
        var process = pod.run(STDOUT);
        assertThat(pod.fifo("stdout")).exists();
        pod.end(0);
        process.exit().await();
        process.delete();
        assertThat(pod.fifo("stdout")).doesNotExist();
        assertThat(read).isCompletedWithValue("");
        try (var _ = pod.open(STDOUT)) {
            pod.create(STDOUT);
        }
    }

    @Test
    void whatIsLeftOfAPodThatNobodyKnowsIsRemoved() throws IOException {
        try (var _ = pod.open(STDOUT)) {
            pod.run(STDOUT);
        }
        pod.forget();
        assertThat(pod.ownDirectory()).doesNotExist();
    }

    private void beginAnew(Duration reopening, Duration taking) throws IOException {
        pod.close();
        pod = new StreamedPod(directory, new StreamPatience(reopening, taking));
    }

    /** The output of a container that runs. */
    private Descriptor started() {
        pod.run(STDOUT);
        return pod.guest("stdout", OpenFlag.WRITE);
    }

    private static void writeAll(Descriptor guest, String text) {
        int written = 0;
        while (written < text.length()) {
            written += write(guest, text.substring(written));
            Thread.onSpinWait();
        }
    }

    /** Of what comes at once: what was dropped may have left a rest. */
    private static String lastByte(ContainerdStream stream) {
        String last = "";
        while (!last.equals("!")) {
            String text = stream.read().orElseThrow().toStringUtf8();
            last = text.substring(text.length() - 1);
        }
        return last;
    }
}
