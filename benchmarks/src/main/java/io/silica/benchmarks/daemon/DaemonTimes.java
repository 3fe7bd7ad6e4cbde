// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.daemon;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many calls of each method a daemon has answered so far, and how many of them within a
 * millisecond of their arrival: what it counts itself, without its client's share.
 */
final class DaemonTimes {
    private final String exposition;

    private DaemonTimes(String exposition) {
        this.exposition = exposition;
    }

    static DaemonTimes now(Path metricsSocket) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(metricsSocket));
            var request = "GET /metrics HTTP/1.1\r\nHost: daemon\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            var answer = Channels.newInputStream(channel).readAllBytes();
            return new DaemonTimes(new String(answer, StandardCharsets.US_ASCII));
        }
    }

    /**
     * The percentage within a millisecond of the calls since another moment.
     *
     * @param method such as {@code Task.Create}
     */
    double percentWithinMillisecond(String method, DaemonTimes since) {
        double all = count(method) - since.count(method);
        double within = within(method) - since.within(method);
        return 100 * within / all;
    }

    private double count(String method) {
        return value("count", method, "");
    }

    private double within(String method) {
        return value("bucket", method, ",le=\"0\\.001\"");
    }

    private double value(String suffix, String method, String label) {
        int dot = method.indexOf('.');
        Matcher line =
                Pattern.compile(
                                "^silica_rpc_seconds_%s\\{method=\"%s\",service=\"[^\"]*\\.%s\"%s\\} (\\S+)$"
                                        .formatted(
                                                suffix,
                                                method.substring(dot + 1),
                                                method.substring(0, dot),
                                                label),
                                Pattern.MULTILINE)
                        .matcher(exposition);
        // A service is counted under each of its names.
        return line.results().mapToDouble(found -> Double.parseDouble(found.group(1))).sum();
    }
}
