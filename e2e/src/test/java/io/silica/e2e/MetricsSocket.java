// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** What a sandboxer says of itself. A daemon that is not there says nothing, and is not ready. */
record MetricsSocket(Path path) {
    /** Whether the daemon that is there now answers calls. */
    boolean isReady() {
        try {
            return get("/readyz").startsWith("HTTP/1.1 200 ");
        } catch (IOException _) {
            return false;
        }
    }

    private String get(String what) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
            channel.write(
                    ByteBuffer.wrap(
                            "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                    .formatted(what)
                                    .getBytes(UTF_8)));
            return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
        }
    }
}
