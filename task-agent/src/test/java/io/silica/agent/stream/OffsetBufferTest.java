// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.SandboxException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OffsetBufferTest {
    private final OffsetBuffer buffer = new OffsetBuffer();

    @Test
    void whatIsNotAcknowledgedIsReadAgainByTheNextReader() throws InterruptedException {
        append("one two");
        var first = buffer.reader();
        assertThat(text(first.next().orElseThrow())).isEqualTo("one two");
        buffer.acknowledge(4);
        var second = buffer.reader();
        var chunk = second.next().orElseThrow();
        assertThat(chunk.offset()).isEqualTo(4);
        assertThat(text(chunk)).isEqualTo("two");
    }

    @Test
    void theEndIsReachedWhenAllIsAcknowledged() throws Exception {
        append("last");
        buffer.end();
        var reader = buffer.reader();
        assertThat(reader.next()).isPresent();
        var end = begin(reader::next);
        buffer.acknowledge(4);
        assertThat(end.get()).isEmpty();
    }

    @Test
    void aReaderThatWasReplacedFails() throws Exception {
        var first = buffer.reader();
        var waiting = begin(first::next);
        buffer.reader();
        assertThatThrownBy(waiting::get).hasCauseInstanceOf(SandboxException.Unavailable.class);
    }

    @Test
    void theWriterWaitsForAcknowledgementsWhenTheWindowIsFull() throws Exception {
        buffer.append(new byte[OffsetBuffer.CAPACITY], 0, OffsetBuffer.CAPACITY);
        var writing =
                begin(() -> {
                    append("more");
                    return "written";
                });
        assertThat(buffer.written()).isEqualTo(OffsetBuffer.CAPACITY);
        assertThat(writing).isNotDone();
        buffer.acknowledge(2);
        buffer.acknowledge(10);
        assertThat(writing.get()).isEqualTo("written");
        assertThat(buffer.written()).isEqualTo(OffsetBuffer.CAPACITY + 4);
    }

    @Test
    void moreThanWasWrittenCannotBeAcknowledged() throws InterruptedException {
        append("abc");
        assertThatThrownBy(() -> buffer.acknowledge(4))
                .isInstanceOf(SandboxException.InvalidArgument.class);
    }

    @Test
    void anAbandonedBufferHoldsNobodyUp() throws Exception {
        var reader = begin(buffer.reader()::next);
        buffer.abandon();
        assertThat(reader.get()).isEmpty();
        buffer.append(new byte[2 * OffsetBuffer.CAPACITY], 0, 2 * OffsetBuffer.CAPACITY);
        assertThat(buffer.written()).isEqualTo(2L * OffsetBuffer.CAPACITY);
    }

    @Test
    void bytesComeOutAsTheyWentInHoweverTheyArePushedAndTaken() throws Exception {
        long seed = Long.getLong("silica.seed", System.nanoTime());
        var random = new Random(seed);
        var written = new byte[3 * OffsetBuffer.CAPACITY];
        random.nextBytes(written);
        var writing =
                begin(() -> {
                    for (int at = 0; at < written.length; ) {
                        int count = Math.min(written.length - at, 1 + random.nextInt(50_000));
                        buffer.append(written, at, count);
                        at += count;
                    }
                    buffer.end();
                    return true;
                });
        var read = new ByteArrayOutputStream();
        var takes = new Random(seed + 1);
        var reader = buffer.reader();
        for (var chunk = reader.next(); chunk.isPresent(); chunk = reader.next()) {
            assertThat(chunk.get().offset()).isEqualTo(read.size());
            chunk.get().bytes().writeTo(read);
            if (takes.nextInt(4) == 0) {
                // As after a broken connection: a part is read again.
                int kept = (int) (read.size() - takes.nextLong(chunk.get().bytes().size()));
                buffer.acknowledge(kept);
                var again = read.toByteArray();
                read.reset();
                read.write(again, 0, kept);
                reader = buffer.reader();
            } else {
                buffer.acknowledge(read.size());
            }
        }
        assertThat(writing.get()).isTrue();
        assertThat(read.toByteArray()).as("seed " + seed).isEqualTo(written);
    }

    private void append(String text) throws InterruptedException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        buffer.append(bytes, 0, bytes.length);
    }

    private static String text(OffsetBuffer.Chunk chunk) {
        return chunk.bytes().toStringUtf8();
    }

    private static <T> CompletableFuture<T> begin(Callable<T> body) {
        var result = new CompletableFuture<T>();
        Thread.ofVirtual()
                .name("offset-buffer-test")
                .start(() -> {
                    try {
                        result.complete(body.call());
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                });
        return result;
    }
}
