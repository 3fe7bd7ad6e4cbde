// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.ctl.cli.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    @TempDir private Path state;
    private ServerSocketChannel daemon;

    @BeforeEach
    void startADaemonThatIsWell() throws IOException {
        for (var path : new String[] {"/healthz", "/readyz", "/protected"}) {
            answers.put(path, "200 OK\r\n\r\nok\n");
        }
        daemon =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        .bind(UnixDomainSocketAddress.of(state.resolve("metrics.sock")));
        Thread.ofVirtual().name("daemon").start(this::serve);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    @Test
    void aDaemonThatIsWellIsWell() {
        assertThat(run()).isEqualTo(ExitCode.OK);
        assertThat(printed()).isEqualTo(state + ": well\n");
    }

    @Test
    void aDaemonThatIsNotProtectedIsToldWithWhatToDo() {
        answers.put("/protected", "503 Service Unavailable\r\n\r\nno holder: start one\n");
        assertThat(run()).isEqualTo(ExitCode.FAILED);
        assertThat(printed()).isEqualTo(state + ": it is not protected: no holder: start one\n");
    }

    @Test
    void aDaemonThatDoesNotServeIsTold() {
        answers.put("/readyz", "503 Service Unavailable\r\n\r\nno\n");
        assertThat(run()).isEqualTo(ExitCode.FAILED);
        assertThat(printed()).contains("does not serve");
    }

    @Test
    void aDaemonThatIsStuckIsTold() {
        answers.put("/healthz", "503 Service Unavailable\r\n\r\nno\n");
        assertThat(run()).isEqualTo(ExitCode.FAILED);
        assertThat(printed()).contains("only a restart helps");
    }

    @Test
    void aRecordThatCouldNotBeUsedIsToldWithWhereItLies() throws IOException {
        Path quarantine = Files.createDirectories(state.resolve("sandboxes/quarantine"));
        assertThat(run()).isEqualTo(ExitCode.OK);
        Files.createFile(quarantine.resolve("pod.json"));
        assertThat(run()).isEqualTo(ExitCode.FAILED);
        assertThat(printed()).contains("could not use lie in " + quarantine + " (1)");
    }

    @Test
    void whereNobodyAnswersThatIsTold() throws IOException {
        daemon.close();
        assertThat(run()).isEqualTo(ExitCode.FAILED);
        assertThat(printed())
                .contains("nobody answers at " + state.resolve("metrics.sock"))
                .contains("start the daemon");
    }

    @Test
    void whatIsNoDaemonIsTold() {
        answers.clear();
        assertThat(run()).isEqualTo(ExitCode.FAILED);
        assertThat(printed()).contains("this is not a daemon's metrics socket");
    }

    private int run() {
        return new SandboxCtl(new PrintStream(out, true, UTF_8), System.err)
                .execute("doctor", "--dir", state.toString());
    }

    private String printed() {
        return out.toString(UTF_8);
    }

    private void serve() {
        while (true) {
            try (var connection = daemon.accept()) {
                answer(connection);
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void answer(SocketChannel connection) throws IOException {
        var request = ByteBuffer.allocate(1024);
        connection.read(request);
        var path = new String(request.array(), US_ASCII).split(" ", 3)[1];
        var answer = answers.containsKey(path) ? "HTTP/1.1 " + answers.get(path) : "220 mail";
        connection.write(ByteBuffer.wrap(answer.getBytes(US_ASCII)));
    }
}
