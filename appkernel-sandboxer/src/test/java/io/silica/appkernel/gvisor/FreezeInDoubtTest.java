// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What is done where nobody heard the answer to a call, and the sentry is slow. */
@LeakCheck
final class FreezeInDoubtTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    @TempDir Path directory;
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private Path file;
    private Path socket;
    private Poller poller;
    private ServerSocketChannel sentry;
    private Freeze freeze;

    @BeforeEach
    void startASentryOfWhichItIsNotKnown() throws IOException {
        file = Files.writeString(directory.resolve("freeze"), "changing\n");
        socket = directory.resolve("control.sock");
        poller = Poller.start("silica-test-freeze");
        sentry = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        sentry.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().name("silica-test-sentry").start(this::serve);
        freeze = new Freeze(file, new ControlSocket(socket, poller), SHORT);
    }

    @AfterEach
    void close() throws IOException {
        sentry.close();
        poller.close();
    }

    @Test
    void oneThatDoesNotDoItsWorkIsPausedAndResumed() {
        answered.addAll(List.of("ExecuteAsync", "Resume"));
        freeze.find();
        assertThat(freeze.isFrozen()).isTrue();
        freeze.resume();
        assertThat(freeze.isFrozen()).isFalse();
        assertThat(file).doesNotExist();
        assertThat(asked).containsOnlyOnce("Resume");
    }

    /** A resume too many would be its end. */
    @Test
    void oneThatHasDoneItsWorkAfterAllIsNotResumed() {
        answered.addAll(List.of("ExecuteAsync", "Resume"));
        freeze.find();
        answered.add("WaitPID");
        freeze.resume();
        assertThat(freeze.isFrozen()).isFalse();
        assertThat(file).doesNotExist();
        assertThat(asked).doesNotContain("Resume");
    }

    @Test
    void nothingIsDecidedAboutOneThatTakesNoWork() {
        answered.add("Resume");
        var hasty = new Freeze(file, new ControlSocket(socket, poller, SHORT), SHORT);
        hasty.find();
        assertThat(hasty.isFrozen()).isTrue();
        assertThatThrownBy(hasty::resume).isInstanceOf(SandboxException.TimedOut.class);
        assertThat(file).hasContent("changing\n");
        answered.addAll(List.of("ExecuteAsync", "WaitPID"));
        freeze = new Freeze(file, new ControlSocket(socket, poller));
        freeze.resume();
        assertThat(freeze.isFrozen()).isFalse();
        assertThat(asked).doesNotContain("Resume");
    }

    private void serve() {
        try {
            while (true) {
                var connection = sentry.accept();
                Thread.ofVirtual().name("silica-test-call").start(() -> answer(connection));
            }
        } catch (ClosedChannelException _) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is not answered stays open until the other side gives up. */
    private void answer(SocketChannel opened) {
        try (var connection = opened) {
            var request = ByteBuffer.allocate(4096);
            connection.read(request);
            var text = StandardCharsets.UTF_8.decode(request.flip()).toString();
            var method = JsonMapper.shared().readTree(text).path("method").asString();
            var name = method.substring(method.indexOf('.') + 1);
            asked.add(name);
            if (answered.contains(name)) {
                var answer = "{\"success\":true,\"err\":\"\",\"result\":7}";
                connection.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
            } else {
                connection.read(request.clear());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
