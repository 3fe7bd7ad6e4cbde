// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixSocket;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The control protocol against a peer that says what a test tells it to say. */
@LeakCheck
final class QmpTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);

    /** What QEMU 7.2 says, with what does not matter left out. */
    private static final String GREETING =
            "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, \"package\": \"Debian\"}, \"capabilities\": [\"oob\"]}}\r\n";

    private static final String NEGOTIATED = "{\"return\": {}, \"id\": 1}\r\n";

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private Poller poller;
    private UnixSocket ours;
    private UnixSocket theirs;
    private OutputStream said;

    @BeforeEach
    void connect() {
        poller = Poller.start("qmp-test");
        var ends = UnixSocket.pair(SocketType.STREAM);
        ours = ends.getFirst();
        theirs = ends.getLast();
        said = poller.outputStream(theirs.descriptor().duplicate());
    }

    @AfterEach
    void close() throws IOException {
        said.close();
        ours.close();
        theirs.close();
        poller.close();
    }

    @Test
    void aDialogueAsItWasRecorded() throws Exception {
        say(
                GREETING
                        + NEGOTIATED
                        + "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"NIC_RX_FILTER_CHANGED\", \"data\": {}}\r\n"
                        + "{\"return\": {\"status\": \"running\", \"singlestep\": false, \"running\": true}, \"id\": 2}\r\n");
        try (var qmp = Qmp.over(ours, poller, LONG)) {
            assertThat(qmp.execute("query-status", LONG).path("status").asString())
                    .isEqualTo("running");
        }
        assertThat(lines(2))
                .containsExactly(
                        "{\"execute\":\"qmp_capabilities\",\"id\":1}",
                        "{\"execute\":\"query-status\",\"id\":2}");
    }

    @Test
    void messagesThatComeByteByByteAreReadWhole() throws Exception {
        var speaker =
                Thread.ofVirtual()
                        .start(() -> {
                            for (var letter : (GREETING + NEGOTIATED).split("", -1)) {
                                say(letter);
                            }
                        });
        try (var _ = Qmp.over(ours, poller, LONG)) {
            speaker.join();
        }
    }

    @Test
    void aRefusalIsToldWithItsWordsMadeHarmless() {
        say(
                GREETING
                        + NEGOTIATED
                        + "{\"id\": 2, \"error\": {\"class\": \"GenericError\", \"desc\": \"no \\u001b[31mway\"}}\n");
        try (var qmp = Qmp.over(ours, poller, LONG)) {
            assertThatThrownBy(() -> qmp.execute("device_add", LONG))
                    .isInstanceOf(SandboxException.Failed.class)
                    .hasMessage("QEMU refuses device_add: no ?[31mway");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH\n",
                "[]\n",
                "{}\n",
                "{\"QMP\": 7}\n",
                "\n",
                "{\"QMP\": {}}\n{\"return\": {}, \"id\": 9}\n",
                "{\"QMP\": {}}\nnull\n",
            })
    void whatDoesNotSpeakTheProtocolIsToldFromQemu(String words) {
        say(words);
        assertThatThrownBy(() -> Qmp.over(ours, poller, LONG))
                .isInstanceOf(SandboxException.Unavailable.class);
    }

    @Test
    void aLineWithoutEndIsNotReadToItsEnd() {
        var speaker =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                for (int i = 0; i < 100; i++) {
                                    said.write("x".repeat(1 << 12).getBytes(UTF_8));
                                }
                            } catch (IOException _) {
                                // Nobody listens any more.
                            }
                        });
        assertThatThrownBy(() -> Qmp.over(ours, poller, LONG))
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining("without end");
        join(speaker);
    }

    @Test
    void eventsWithoutEndAreNoAnswer() {
        say(GREETING + NEGOTIATED);
        try (var qmp = Qmp.over(ours, poller, LONG)) {
            say("{\"event\": \"RTC_CHANGE\"}\n".repeat(2_000));
            assertThatThrownBy(() -> qmp.execute("quit", LONG))
                    .isInstanceOf(SandboxException.Unavailable.class);
        }
    }

    @Test
    void silenceIsNotWaitedForForEver() {
        assertThatThrownBy(() -> Qmp.over(ours, poller, SHORT))
                .isInstanceOf(SandboxException.TimedOut.class);
    }

    @Test
    void theEndOfQemuIsNoAnswer() throws IOException {
        say(GREETING + NEGOTIATED);
        var qmp = Qmp.over(ours, poller, LONG);
        said.close();
        theirs.close();
        assertThatThrownBy(() -> qmp.execute("quit", LONG))
                .isInstanceOf(SandboxException.Unavailable.class);
    }

    private void say(String words) {
        try {
            said.write(words.getBytes(UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> lines(int count) throws IOException {
        try (var reader =
                new BufferedReader(
                        new InputStreamReader(
                                poller.inputStream(theirs.descriptor().duplicate()), UTF_8))) {
            while (heard.size() < count) {
                heard.add(reader.readLine());
            }
        }
        return heard;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
