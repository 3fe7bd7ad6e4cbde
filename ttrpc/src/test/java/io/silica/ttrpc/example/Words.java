// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc.example;

import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.DuplexStream;
import io.silica.ttrpc.RequestStream;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** A service with a method of each kind, and a client that calls them. */
final class Words {
    private Words() {}

    // README: the service
    static ServiceDefinition service() {
        var words = StringValue.parser();
        return ServiceDefinition.named("example.Words")
                .unary("Shout", words, (word, call) -> shout(word), Dispatch.NON_BLOCKING)
                .serverStreaming(
                        "Split",
                        words,
                        (text, call, parts) -> {
                            for (var part : text.getValue().split(" ", -1)) {
                                parts.send(StringValue.of(part));
                            }
                        })
                .clientStreaming(
                        "Count",
                        words,
                        (counted, call) -> {
                            int count = 0;
                            for (var _ : counted) {
                                count++;
                            }
                            return Int32Value.of(count);
                        })
                .bidirectional(
                        "Echo",
                        words,
                        (heard, call, echoes) -> {
                            for (var word : heard) {
                                echoes.send(shout(word));
                            }
                        })
                .build();
    }

    // README: end

    private static StringValue shout(StringValue word) {
        return StringValue.of(word.getValue().toUpperCase(Locale.ROOT));
    }

    // README: the server
    static TtrpcServer serve(Path socket) throws IOException {
        var server = new TtrpcServer(ServerConfig.of(service()));
        server.listen(
                ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        .bind(UnixDomainSocketAddress.of(socket)));
        return server;
    }

    // README: end

    // README: the client
    static void call(TtrpcClient client, PrintStream out) {
        var options = CallOptions.timeout(Duration.ofSeconds(20)).withMetadata("tenant", "a");
        var words = StringValue.parser();

        var hello = StringValue.of("hello");
        out.println(client.call("example.Words", "Shout", hello, words, options).getValue());

        var text = StringValue.of("one two three");
        try (var parts = client.serverStreaming("example.Words", "Split", text, words, options)) {
            for (var part : parts) {
                out.println(part.getValue());
            }
        }

        try (RequestStream<StringValue, Int32Value> counted =
                client.clientStreaming("example.Words", "Count", Int32Value.parser(), options)) {
            counted.send(hello);
            counted.send(text);
            out.println(counted.finish().getValue());
        }

        try (DuplexStream<StringValue, StringValue> echo =
                client.bidirectional("example.Words", "Echo", words, options)) {
            echo.send(StringValue.of("is there anybody?"));
            out.println(echo.receive().orElseThrow().getValue());
            echo.closeSend();
        }
    }
    // README: end
}
