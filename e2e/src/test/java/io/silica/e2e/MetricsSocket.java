// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    /** The value of each of these, by its name; empty if nobody is there to tell all of them. */
    Optional<Map<String, Double>> values(Set<String> names) {
        try {
            var told = get("/metrics");
            var values = values(told, names);
            // Who dies meanwhile tells a part.
            return told.startsWith("HTTP/1.1 200 ") && values.keySet().containsAll(names)
                    ? Optional.of(values)
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static Map<String, Double> values(String told, Set<String> names) {
        return told.lines()
                .map(line -> line.split(" ", 0))
                .filter(words -> words.length == 2 && names.contains(words[0]))
                .collect(toMap(words -> words[0], words -> Double.valueOf(words[1])));
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
