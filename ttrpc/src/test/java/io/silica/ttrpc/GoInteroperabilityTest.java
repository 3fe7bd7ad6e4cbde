// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.StringValue;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Go's ttrpc, which containerd uses, at the other end: our program in src/test/go. */
@Timeout(300)
final class GoInteroperabilityTest {
    private static final Path SOURCE = Path.of("src/test/go").toAbsolutePath();
    private static final Path PROGRAM = Path.of("target/ttrpc-interop").toAbsolutePath();

    @TempDir private Path directory;

    @BeforeAll
    static void build() throws Exception {
        assumeTrue(
                goIsHere(), "SKIPPED: go is not on the PATH, so nothing proves interoperability");
        var build =
                new ProcessBuilder("go", "build", "-buildvcs=false", "-o", PROGRAM.toString(), ".")
                        .directory(SOURCE.toFile())
                        .inheritIO()
                        .start();
        assertThat(build.waitFor()).as("go build").isZero();
    }

    @Test
    void goCallsOurServer() throws Exception {
        var socket = directory.resolve("java.sock");
        var service = new TestService();
        try (var server = new TtrpcServer(service.config())) {
            var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.listen(listener.bind(UnixDomainSocketAddress.of(socket)));

            var call = start("call", socket);

            assertThat(new String(call.getInputStream().readAllBytes(), UTF_8)).isEmpty();
            assertThat(call.waitFor()).isZero();
        }
        assertThat(service.contexts)
                .anySatisfy(context ->
                        assertThat(context.metadata().first("namespace")).contains("k8s.io"));
        assertThat(service.cancellations).containsExactly(Cancellation.DEADLINE_EXCEEDED);
    }

    @Test
    void ourClientCallsGo() throws Exception {
        var socket = directory.resolve("go.sock");
        var peer = start("serve", socket);
        try {
            assertThat(peer.inputReader().readLine()).isEqualTo("ready");
            try (var client = TtrpcClient.connect(socket)) {
                callEverything(client);
            }
        } finally {
            peer.getOutputStream().close();
            assertThat(peer.waitFor()).isZero();
        }
    }

    private static void callEverything(TtrpcClient client) throws Exception {
        var longText = "x".repeat(Frame.MAX_PAYLOAD_BYTES - 100);
        assertThat(call(client, "Echo", "hello", CallOptions.none())).isEqualTo("hello");
        assertThat(call(client, "Echo", "", CallOptions.none())).isEmpty();
        assertThat(call(client, "Echo", longText, CallOptions.none())).isEqualTo(longText);
        assertThat(
                        call(
                                client,
                                "Metadata",
                                "namespace",
                                CallOptions.none().withMetadata("Namespace", "k8s.io")))
                .isEqualTo("k8s.io");
        assertThat(call(client, "Deadline", "", CallOptions.none())).isEqualTo("none");
        assertFails(
                client,
                "Fail",
                CallOptions.none(),
                TtrpcStatus.of(StatusCode.NOT_FOUND, "no task"));
        assertFails(
                client,
                "None",
                CallOptions.none(),
                TtrpcStatus.of(StatusCode.UNIMPLEMENTED, "method None"));
        // In our words or in those of Go's server, whoever is first.
        assertThatThrownBy(() ->
                        call(client, "Deadline", "", CallOptions.timeout(Duration.ofMillis(50))))
                .isInstanceOfSatisfying(
                        TtrpcException.class,
                        e -> assertThat(e.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED));
        callConcurrently(client);
        callStreams(client);
        assertThat(client.openCalls()).isZero();
    }

    private static void callStreams(TtrpcClient client) {
        try (var numbers =
                client.serverStreaming(
                        TestService.NAME,
                        "Count",
                        Frames.text("300"),
                        StringValue.parser(),
                        CallOptions.none())) {
            int next = 1;
            for (var number : numbers) {
                assertThat(number.getValue()).isEqualTo(Integer.toString(next++));
            }
            assertThat(next).isEqualTo(301);
        }
        try (var words =
                client.<StringValue, StringValue>clientStreaming(
                        TestService.NAME, "Join", StringValue.parser(), CallOptions.none())) {
            for (var word : List.of("a", "", "b")) {
                words.send(Frames.text(word));
            }
            assertThat(words.finish().getValue()).isEqualTo("ab");
        }
        talk(client);
        hearFailure(client);
        hearLastMessageWithTheEnd(client);
    }

    private static void talk(TtrpcClient client) {
        try (var chat = stream(client, "Chat")) {
            for (int i = 0; i < 300; i++) {
                var word = i % 3 == 0 ? "" : Integer.toString(i);
                chat.send(Frames.text(word));
                assertThat(chat.receive().orElseThrow().getValue()).isEqualTo(word);
            }
            chat.closeSend();
            assertThat(chat.receive()).isEmpty();
        }
    }

    private static void hearFailure(TtrpcClient client) {
        try (var chat = stream(client, "Chat")) {
            chat.send(Frames.text("fail"));
            assertThatThrownBy(chat::receive)
                    .isInstanceOfSatisfying(
                            TtrpcException.class,
                            e ->
                                    assertThat(e.status())
                                            .isEqualTo(
                                                    TtrpcStatus.of(StatusCode.ABORTED, "as told")));
        }
    }

    private static void hearLastMessageWithTheEnd(TtrpcClient client) {
        try (var early = stream(client, "Early")) {
            early.send(Frames.text("first"));
            assertThat(early).extracting(StringValue::getValue).containsExactly("enough");
        }
    }

    private static DuplexStream<StringValue, StringValue> stream(
            TtrpcClient client, String method) {
        return client.bidirectional(
                TestService.NAME, method, StringValue.parser(), CallOptions.none());
    }

    private static void assertFails(
            TtrpcClient client, String method, CallOptions options, TtrpcStatus status) {
        assertThatThrownBy(() -> call(client, method, "task", options))
                .isInstanceOfSatisfying(
                        TtrpcException.class, e -> assertThat(e.status()).isEqualTo(status));
    }

    private static void callConcurrently(TtrpcClient client) throws Exception {
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<String>>();
            for (int i = 0; i < 1000; i++) {
                var text = Integer.toString(i);
                answers.add(callers.submit(() -> call(client, "Echo", text, CallOptions.none())));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).isEqualTo(Integer.toString(i));
            }
        }
    }

    private static String call(
            TtrpcClient client, String method, String text, CallOptions options) {
        return client.call(
                        TestService.NAME, method, Frames.text(text), StringValue.parser(), options)
                .getValue();
    }

    private static Process start(String mode, Path socket) throws IOException {
        // Go logs late answers to standard error: that is no failure.
        return new ProcessBuilder(List.of(PROGRAM.toString(), mode, socket.toString()))
                .redirectError(Redirect.DISCARD)
                .start();
    }

    private static boolean goIsHere() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "go")));
    }
}
