// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What ttrpc/README.md shows is code that compiles, runs and says what is said of it. */
@Timeout(60)
final class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final Path EXAMPLE = Path.of("src/test/java/io/silica/ttrpc/example/Words.java");
    private static final List<String> SAID =
            List.of("HELLO", "one", "two", "three", "2", "IS THERE ANYBODY?");

    @TempDir private Path directory;

    @Test
    void theCodeShownIsThatOfTheExample() throws IOException {
        var shown = matches("```java\n(.*?)```", Files.readString(README));
        var parts =
                matches("// README: the \\w+\n(.*?)\n *// README: end", Files.readString(EXAMPLE));

        assertThat(shown).hasSize(3).isEqualTo(parts);
    }

    @Test
    void theExampleSaysWhatTheReadmeSays() throws IOException {
        var socket = directory.resolve("words.sock");
        try (var _ = Words.serve(socket);
                var client = TtrpcClient.connect(socket)) {
            assertThat(said(client)).isEqualTo(SAID);
        }
        var printed = matches("```\n(HELLO\n.*?)```", Files.readString(README)).getFirst();
        assertThat(printed.lines()).containsExactlyElementsOf(SAID);
    }

    @Test
    void theSameRunsOverAPairOfPipes() throws IOException {
        var toServer = Pipe.open();
        var toClient = Pipe.open();
        try (var server = new TtrpcServer(ServerConfig.of(Words.service()))) {
            server.serve(toServer.source(), toClient.sink());
            try (var client = TtrpcClient.over(toClient.source(), toServer.sink())) {
                assertThat(said(client)).isEqualTo(SAID);
            }
        }
    }

    private static List<String> said(TtrpcClient client) {
        var bytes = new ByteArrayOutputStream();
        Words.call(client, new PrintStream(bytes, true, UTF_8));
        return bytes.toString(UTF_8).lines().toList();
    }

    private static List<String> matches(String pattern, String text) {
        var found = new ArrayList<String>();
        var matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1).stripTrailing().stripIndent());
        }
        return found;
    }
}
