// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a guest's processes write and read, through FIFOs as containerd has them. */
@LeakCheck
final class StreamsTest {
    @TempDir Path directory;
    private PodInMemory pod;

    @BeforeEach
    void startPod() throws IOException {
        pod = new PodInMemory(directory);
    }

    @AfterEach
    void closePod() {
        pod.close();
    }

    @Test
    void inputReachesTheGuestAndItsEndWhenItIsClosed() throws Exception {
        var in = pod.fifo("in");
        var out = pod.fifo("out");
        var init = pod.create(new Stdio(in.toString(), out.toString(), "", false), "cat").init();
        init.start();
        try (var reader = Files.newInputStream(out)) {
            Files.writeString(in, "first\n");
            Files.writeString(in, "second\n");
            init.closeStdin();
            init.closeStdin();
            assertThat(all(reader)).isEqualTo("first\nsecond\n");
        }
        assertThat(init.exit().await().code()).isZero();
        init.delete();
    }

    @Test
    void nothingIsLostOrRepeatedWhenTheConnectionIsLostAgainAndAgain() throws Exception {
        var out = pod.fifo("out");
        int lines = 60_000;
        var init = pod.create(new Stdio("", out.toString(), "", false), "count", "" + lines).init();
        init.start();
        try (var reader = Files.newBufferedReader(out)) {
            for (int i = 1; i <= lines; i++) {
                assertThat(reader.readLine()).isEqualTo(Integer.toString(i));
                if (i % 10_000 == 0) {
                    pod.guest().hangUp();
                }
            }
            assertThat(reader.readLine()).isNull();
        }
        assertThat(init.exit().await().code()).isZero();
        init.delete();
    }

    @Test
    void outputGoesOnForTheSameReaderWhenTheDaemonDies() throws Exception {
        var out = pod.fifo("out");
        int lines = 60_000;
        var stdio = new Stdio("", out.toString(), "", false);
        pod.create(stdio, "count", "" + lines).init().start();
        var expected = numbers(lines);
        String read;
        try (var reader = Files.newInputStream(out)) {
            var first = new String(reader.readNBytes(100_000), UTF_8);
            var init = pod.nextLife(stdio).init();
            read = first + all(reader);
            assertThat(init.exit().await().code()).isZero();
            init.delete();
        }
        assertThat(read).isEqualTo(expected);
    }

    @Test
    void aReaderWhoDoesNotReadHoldsUpNoOtherStream() throws Exception {
        var stuck = pod.fifo("stuck");
        var container = pod.create(new Stdio("", stuck.toString(), "", false), "count", "1000000");
        try (var _ = Files.newInputStream(stuck)) {
            container.init().start();
            var other = pod.fifo("other");
            var exec =
                    PodInMemory.exec(
                            container, new Stdio("", other.toString(), "", false), "print", "free");
            exec.start();
            assertThat(Files.readString(other)).isEqualTo("free\n");
            assertThat(pod.sandbox().statistics().memoryBytes()).isEqualTo(4096);
        }
    }

    @Test
    void whatWasWrittenIsReadByAContainerdThatComesLaterThanTheEnd() throws Exception {
        var out = pod.fifo("out");
        var init = pod.create(new Stdio("", out.toString(), "", false), "print", "late").init();
        init.start();
        assertThat(pod.guest().process("c1", "").exit().await().code()).isZero();
        assertThat(init.exit().status()).isEmpty();
        try (var reader = Files.newInputStream(out)) {
            assertThat(all(reader)).isEqualTo("late\n");
        }
        assertThat(init.exit().await().code()).isZero();
        init.delete();
    }

    private static String numbers(int lines) {
        return IntStream.rangeClosed(1, lines)
                .mapToObj(it -> it + "\n")
                .collect(Collectors.joining());
    }

    private static String all(InputStream reader) throws IOException {
        return new String(reader.readAllBytes(), UTF_8);
    }
}
