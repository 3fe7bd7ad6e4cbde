// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
final class ConsoleTest {
    @TempDir Path directory;

    @Test
    void aFloodIsReadAndItsEndIsKeptInPrintableWords() throws Exception {
        var path = directory.resolve("con.sock");
        var line = "\033[31mhelp\7\r\n".repeat(10_000).getBytes(US_ASCII);
        var poller = Poller.start("console-test");
        try (poller;
                var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            try (var console = Console.connect(path, poller);
                    var guest = listener.accept()) {
                for (int i = 0; i < 50; i++) {
                    for (var rest = ByteBuffer.wrap(line); rest.hasRemaining(); ) {
                        var _ = guest.write(rest);
                    }
                }
                guest.shutdownOutput();
                console.awaitEnd();
                assertThat(console.text())
                        .matches("[ -~]+")
                        .hasSizeLessThanOrEqualTo(1200)
                        .endsWith("?[31mhelp?");
            }
        }
    }
}
