// SPDX-License-Identifier: Apache-2.0
package io.silica.server.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.silica.sandbox.SandboxException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MetricsServerTest {
    @TempDir private Path temp;

    private final AtomicBoolean alive = new AtomicBoolean(true);
    private final AtomicBoolean ready = new AtomicBoolean();
    private final AtomicReference<String> danger = new AtomicReference<>("");
    private final Metrics metrics = new Metrics("wasm", "1", "c");
    private Path socket;
    private MetricsServer server;

    @BeforeEach
    void start() {
        socket = temp.resolve("metrics.sock");
        server =
                MetricsServer.start(
                        socket, metrics, new Health(alive::get, ready::get, danger::get));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void metricsComeInTheFormatOfPrometheus() throws IOException {
        assertThat(get("/metrics"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("content-type: text/plain; version=0.0.4")
                .contains("silica_uptime_seconds ")
                .doesNotContain("# EOF");
    }

    @Test
    void metricsComeAsOpenMetricsToThoseWhoAcceptThem() throws IOException {
        assertThat(
                        ask(
                                "GET /metrics?x=1 HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text; version=1.0.0\r\n\r\n"))
                .contains("content-type: application/openmetrics-text; version=1.0.0")
                .endsWith("# EOF\n");
    }

    @Test
    void healthFollowsTheDaemon() throws IOException {
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nok\n");
        assertThat(get("/readyz")).startsWith("HTTP/1.1 503 ");

        alive.set(false);
        ready.set(true);

        assertThat(get("/healthz")).startsWith("HTTP/1.1 503 ");
        assertThat(get("/readyz")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void whatIsInDangerIsTold() throws IOException {
        assertThat(get("/protected")).startsWith("HTTP/1.1 200 ");

        danger.set("no holder");

        assertThat(get("/protected")).startsWith("HTTP/1.1 503 ").endsWith("\r\n\r\nno holder\n");
    }

    @Test
    void aStateIsAGaugeForEachThatThereIs() throws IOException {
        metrics.state("weather", "How it is.", Weather.class, () -> Weather.VERY_GOOD);

        assertThat(get("/metrics"))
                .contains("silica_weather{state=\"very-good\"} 1.0")
                .contains("silica_weather{state=\"bad\"} 0.0");
    }

    private enum Weather {
        VERY_GOOD,
        BAD
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, 404",
        "GET, /metricsx, 404",
        "POST, /metrics, 405",
        "HEAD, /healthz, 405",
        "PUT, /x, 404"
    })
    void whatIsNotServedIsRefused(String method, String path, int status) throws IOException {
        assertThat(ask(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void whatIsNoHttpIsRefused() throws IOException {
        assertThat(ask("\0\1\2 hello\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void requestsAreBounded() throws IOException {
        assertThat(get("/" + "x".repeat(2000))).startsWith("HTTP/1.1 400 ");
        assertThat(ask("GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(9000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void aConnectionIsGoodForOneRequestAndNoBody() throws IOException {
        var request = "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody";

        assertThat(ask(request + request)).containsOnlyOnce("HTTP/1.1").startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aMetricThatFailsIsAnErrorOfThatRequestOnly() throws IOException {
        var broken = new AtomicBoolean(true);
        metrics.gauge("broken", "Fails at first.", () -> failIf(broken.get()));

        assertThat(get("/metrics")).startsWith("HTTP/1.1 500 ");
        broken.set(false);
        assertThat(get("/metrics")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void connectionsAreBoundedAndFreedAgain() throws IOException {
        var open = new ArrayList<SocketChannel>();
        for (int i = 0; i < MetricsConnections.MOST_CONNECTIONS; i++) {
            open.add(connect());
        }
        try (var excess = connect()) {
            assertThat(Channels.newInputStream(excess).read()).isEqualTo(-1);
        }
        for (var connection : open) {
            connection.close();
        }
        assertTimeoutPreemptively(Duration.ofSeconds(30), this::awaitHealth);
    }

    @Test
    void theSocketIsOurs() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
    }

    @Test
    void aSocketLeftBehindIsReplacedAndOursIsRemoved() throws IOException {
        var stale = temp.resolve("stale.sock");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(stale))
                .close();
        assertThat(stale).exists();

        MetricsServer.start(stale, metrics, new Health(() -> true, () -> true, () -> "")).close();

        assertThat(stale).doesNotExist();
    }

    @Test
    void aFileIsNotReplaced() throws IOException {
        var file = Files.writeString(temp.resolve("file"), "precious");

        assertThatThrownBy(() ->
                        MetricsServer.start(
                                file, metrics, new Health(() -> true, () -> true, () -> "")))
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessageContaining("something else than a socket is there");
        assertThat(file).hasContent("precious");
    }

    private static double failIf(boolean broken) {
        if (broken) {
            throw new IllegalStateException("broken");
        }
        return 1;
    }

    private String get(String path) throws IOException {
        return ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    /** The server notices the end of a connection a moment after the client. */
    private void awaitHealth() throws IOException {
        while (!get("/healthz").startsWith("HTTP/1.1 200 ")) {
            Thread.onSpinWait();
        }
    }

    /** The answer until its end, which is a reset if the server has not read all of the request. */
    private String ask(String request) throws IOException {
        var answer = new ByteArrayOutputStream();
        try (var connection = connect()) {
            connection.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
            Channels.newInputStream(connection).transferTo(answer);
        } catch (SocketException e) {
            assertThat(e).hasMessage("Connection reset");
        }
        return answer.toString(UTF_8);
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }
}
