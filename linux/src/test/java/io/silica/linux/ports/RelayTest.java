// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.ports;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.leaks.LeakCheck;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

@LeakCheck
final class RelayTest {
    private final ByteArrayOutputStream toClient = new ByteArrayOutputStream();
    private final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
    private final List<String> ended = Collections.synchronizedList(new ArrayList<>());

    @Test
    void bothAreToldWhatTheOtherSaysAndItsEnd() throws Exception {
        relay(says("hello"), says("hello yourself"), Duration.ofDays(1));
        assertThat(toServer.toString(StandardCharsets.UTF_8)).isEqualTo("hello");
        assertThat(toClient.toString(StandardCharsets.UTF_8)).isEqualTo("hello yourself");
        assertThat(ended).containsExactlyInAnyOrder("server", "client");
    }

    @Test
    void aServerThatDoesNotSeeTheEndOfItsClientIsLetGoOf() throws Exception {
        try (var open = silent()) {
            relay(says("hello"), open, Duration.ofMillis(10));
        }
        assertThat(ended).containsExactly("server", "client");
    }

    private void relay(InputStream client, InputStream server, Duration silence)
            throws InterruptedException {
        new Relay(
                        new PortEnd(client, toClient, () -> ended.add("client"), () -> {}),
                        new PortEnd(server, toServer, () -> ended.add("server"), () -> {}),
                        silence)
                .run("silica-test-back");
    }

    private static InputStream says(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static InputStream silent() throws IOException {
        return new PipedInputStream(new PipedOutputStream());
    }
}
