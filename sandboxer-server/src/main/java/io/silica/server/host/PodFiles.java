// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.SandboxException.InvalidArgument;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The files that a pod's containers share.
 *
 * @param resolver resolv.conf
 * @param hosts hosts
 * @param hostname hostname, its newline included
 */
record PodFiles(String resolver, String hosts, String hostname) {
    private static final Path KERNELS_HOSTNAME = Path.of("/proc/sys/kernel/hostname");
    private static final int MOST_BYTES = 1 << 20;

    /** HOST_NAME_MAX of Linux. */
    private static final int LONGEST_HOSTNAME = 64;

    /** What can stand in a line of those files and stay one word. */
    private static final Pattern WORD = Pattern.compile("[!-~]+");

    /**
     * Composes them; reads the host's where the pod uses those.
     *
     * @throws InvalidArgument if something of the pod's would not stay one word in its file
     */
    static PodFiles of(SandboxSpec spec, HostConfig config) throws IOException {
        boolean hostNetwork = spec.network() instanceof SandboxNetwork.Host;
        String own = hostNetwork ? "" : requireHostname(spec.hostname());
        return new PodFiles(
                spec.dns().isEmpty() ? read(config.resolver()) : resolver(spec.dns()),
                hostNetwork ? read(config.hosts()) : hosts(own),
                own.isEmpty() ? read(KERNELS_HOSTNAME) : own + "\n");
    }

    private static String resolver(DnsConfig dns) {
        var lines = new StringBuilder();
        if (!dns.searches().isEmpty()) {
            lines.append("search ").append(words("DNS search", dns.searches())).append('\n');
        }
        for (String server : dns.servers()) {
            lines.append("nameserver ").append(word("DNS server", server)).append('\n');
        }
        if (!dns.options().isEmpty()) {
            lines.append("options ").append(words("DNS option", dns.options())).append('\n');
        }
        return lines.toString();
    }

    /** The kubelet mounts a better one; this serves pods without a kubelet. */
    private static String hosts(String hostname) {
        String local = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";
        return hostname.isEmpty() ? local : local + "127.0.1.1 " + hostname + "\n";
    }

    private static String requireHostname(String hostname) {
        if (hostname.length() > LONGEST_HOSTNAME) {
            throw new InvalidArgument(
                    "host name has %d characters, more than %d"
                            .formatted(hostname.length(), LONGEST_HOSTNAME));
        }
        return hostname.isEmpty() ? hostname : word("host name", hostname);
    }

    private static String words(String kind, List<String> words) {
        words.forEach(word -> word(kind, word));
        return String.join(" ", words);
    }

    private static String word(String kind, String word) {
        if (!WORD.matcher(word).matches()) {
            throw new InvalidArgument(kind + " is not one word of printable ASCII");
        }
        return word;
    }

    private static String read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        try (InputStream content = Files.newInputStream(file)) {
            return new String(content.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        }
    }
}
