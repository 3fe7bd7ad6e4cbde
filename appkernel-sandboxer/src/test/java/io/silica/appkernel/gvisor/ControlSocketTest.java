// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.StringNode;

/** What becomes of whatever a sentry may answer. */
@LeakCheck
final class ControlSocketTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final StringNode CONTAINER = StringNode.valueOf("c1");

    @TempDir Path directory;
    private Poller poller;
    private ServerSocketChannel sentry;
    private ControlSocket control;

    @BeforeEach
    void listen() throws IOException {
        var path = directory.resolve("control.sock");
        poller = Poller.start("silica-test-control");
        sentry = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        sentry.bind(UnixDomainSocketAddress.of(path));
        control = new ControlSocket(path, poller);
    }

    @AfterEach
    void close() throws IOException {
        sentry.close();
        poller.close();
    }

    @Test
    void aCallIsOneObjectAndItsResultAnother() throws Exception {
        var request = answer("{\"success\":true,\"err\":\"\",\"result\":1792}");
        assertThat(control.call("Wait", CONTAINER).asInt()).isEqualTo(1792);
        assertThat(request.get(30, TimeUnit.SECONDS))
                .isEqualTo("{\"method\":\"containerManager.Wait\",\"arg\":\"c1\"}");
    }

    @Test
    void aContainerThatIsNotThereIsNotFound() {
        var _ = answer("{\"success\":false,\"err\":\"container \\\"c1\\\" not found\"}");
        assertThatThrownBy(() -> control.call("Wait", CONTAINER))
                .isInstanceOf(SandboxException.NotFound.class)
                .hasMessageContaining("Wait");
    }

    @Test
    void aRefusalIsToldInPrintableWords() {
        var _ = answer("{\"success\":false,\"err\":\"no\\u0007 way\"}");
        assertThatThrownBy(() -> control.call("Wait", CONTAINER))
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessageEndingWith("no? way");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"success\":", "garbage", "{]", "{\"success\":1}", "{}"})
    void whatMakesNoSenseIsUnavailable(String nonsense) {
        var _ = answer(nonsense);
        assertThatThrownBy(() -> control.call("Wait", CONTAINER))
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining("Wait");
    }

    @Test
    void aSentryThatSaysNothingIsTimedOut() {
        // It is connected to, and nobody accepts that.
        assertThatThrownBy(() -> hasty().call("Wait", CONTAINER))
                .isInstanceOf(SandboxException.TimedOut.class)
                .hasMessageContaining("does not answer Wait");
    }

    @Test
    void aSentryThatTakesNoRequestIsTimedOut() {
        var large = StringNode.valueOf("x".repeat(4 << 20));
        assertThatThrownBy(() -> hasty().call("Wait", large))
                .isInstanceOf(SandboxException.TimedOut.class)
                .hasMessageContaining("takes no request");
    }

    @Test
    void anAnswerThatNeverEndsIsTimedOutHoweverOftenSomeOfItComes() {
        var _ = answer("{\"success\":true,\"result\":\"", " ");
        assertThatThrownBy(() -> hasty().call("Wait", CONTAINER))
                .isInstanceOf(SandboxException.TimedOut.class);
    }

    @Test
    void anAnswerThatIsTooLongIsUnavailable() {
        var _ = answer("{\"success\":true,\"result\":\"", "x".repeat(1 << 14));
        assertThatThrownBy(() -> control.call("Wait", CONTAINER))
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining("has more than");
    }

    private ControlSocket hasty() {
        return new ControlSocket(directory.resolve("control.sock"), poller, SHORT);
    }

    @Test
    void aSentryThatIsGoneIsUnavailable() throws IOException {
        sentry.close();
        assertThatThrownBy(() -> control.call("Wait", CONTAINER))
                .isInstanceOf(SandboxException.Unavailable.class);
    }

    @Test
    void aWaitEndsWhenTheSentryIsLetGoOfAndNoCallIsMadeAfterwards() throws Exception {
        var waiting = new FutureTask<>(() -> control.await("Wait", CONTAINER));
        Thread.ofVirtual().name("silica-test-wait").start(waiting);
        try (var connection = sentry.accept()) {
            // It waits once it has asked.
            assertThat(connection.read(ByteBuffer.allocate(4096))).isPositive();
            control.close();

            assertThatThrownBy(waiting::get).hasCauseInstanceOf(SandboxException.Unavailable.class);
        }
        assertThatThrownBy(() -> control.call("Wait", CONTAINER))
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining("let go of");
    }

    /** Answers one call so, and then goes on with that until the other side gives up. */
    private Thread answer(String begins, String goesOn) {
        return Thread.ofVirtual()
                .name("silica-test-sentry")
                .start(() -> {
                    try (var connection = sentry.accept()) {
                        connection.read(ByteBuffer.allocate(4096));
                        connection.write(StandardCharsets.UTF_8.encode(begins));
                        while (true) {
                            connection.write(StandardCharsets.UTF_8.encode(goesOn));
                        }
                    } catch (IOException _) {
                        // It has given up.
                    }
                });
    }

    /** Answers one call, then closes the connection; tells what was asked. */
    private CompletableFuture<String> answer(String text) {
        var asked = new CompletableFuture<String>();
        Thread.ofVirtual()
                .name("silica-test-sentry")
                .start(() -> {
                    try (var connection = sentry.accept()) {
                        var buffer = ByteBuffer.allocate(4096);
                        connection.read(buffer);
                        connection.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                        asked.complete(StandardCharsets.UTF_8.decode(buffer.flip()).toString());
                    } catch (IOException e) {
                        asked.completeExceptionally(e);
                    }
                });
        return asked;
    }
}
