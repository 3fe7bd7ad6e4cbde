// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.Child;
import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams that were found, and who opens them. */
@LeakCheck
final class GuestStreamsTest {
    @TempDir Path directory;
    private Path in;
    private Path out;
    private Poller poller;

    @BeforeEach
    void makeFifos() throws IOException, InterruptedException {
        poller = Poller.start("silica-test-streams");
        in = fifo("in");
        out = fifo("out");
    }

    @AfterEach
    void close() {
        poller.close();
    }

    /** A daemon that dies now has closed nothing in the eyes of who reads it. */
    @Test
    void whatWasFoundIsNotOpenUntilTheProgramOpensIt() throws Exception {
        try (var streams = GuestStreams.find("x", new Stdio("", out.toString(), "", false))) {
            assertThatThrownBy(() -> writer(out)).isInstanceOf(LinuxException.class);
            var copied = "read line </proc/self/fd/1; echo \"$line\" >\"$1\"";
            var spawn = streams.spawn(Path.of("/bin/sh"), "-c", copied, "sh", kept().toString());
            try (var child = spawn.start()) {
                // It opens for reading, too: so this waits for it.
                Files.writeString(out, "hello\n");
                assertThat(ended(child)).isZero();
            }
            assertThat(kept()).hasContent("hello");
        }
    }

    @Test
    void inputIsHeldOpenUntilThatIsClosed() throws Exception {
        var stdio = new Stdio(in.toString(), out.toString(), "", false);
        var script = "read a; echo \"$a\"; read b || echo end";
        try (var streams = GuestStreams.find("x", stdio);
                var child = streams.spawn(Path.of("/bin/sh"), "-c", script).start();
                var reader = Files.newInputStream(out)) {
            Files.writeString(in, "hello\n");
            assertThat(PodOfOne.readTo(reader, "\n")).isEqualTo("hello\n");
            streams.input().orElseThrow().close();
            assertThat(PodOfOne.rest(reader)).isEqualTo("end\n");
            assertThat(ended(child)).isZero();
        }
    }

    @Test
    void aStreamThatIsNotThereIsNamed() {
        var missing = new Stdio("", directory.resolve("missing").toString(), "", false);
        assertThatThrownBy(() -> GuestStreams.find("container \"x\"", missing))
                .isInstanceOf(SandboxException.InvalidArgument.class)
                .hasMessageContaining("container \"x\"")
                .hasMessageContaining("missing");
    }

    @Test
    void whereOneCannotBeOpenedItIsNamedAndNoneIs() throws IOException {
        var socket = directory.resolve("socket");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            var stdio = new Stdio("", out.toString(), socket.toString(), false);
            try (var streams = GuestStreams.find("x", stdio)) {
                assertThatThrownBy(() -> streams.open("container \"x\""))
                        .isInstanceOf(SandboxException.InvalidArgument.class)
                        .hasMessageContaining("container \"x\"");
            }
        }
        assertThatThrownBy(() -> writer(out)).isInstanceOf(LinuxException.class);
    }

    @Test
    void aStreamThatIsNoFifoIsRefused() {
        var streaming = new Stdio("", "ttrpc+unix:///socket?id=1", "", false);
        assertThatThrownBy(() -> GuestStreams.find("x", streaming))
                .isInstanceOf(SandboxException.Unsupported.class);
    }

    private int ended(Child child) throws InterruptedException {
        return child.await(poller, Duration.ofMinutes(1)).orElseThrow().code();
    }

    private Path kept() {
        return directory.resolve("kept");
    }

    private static void writer(Path fifo) {
        Descriptor.open(fifo, OpenFlag.WRITE, OpenFlag.NON_BLOCKING).close();
    }

    private Path fifo(String name) throws IOException, InterruptedException {
        Path fifo = directory.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        return fifo;
    }
}
