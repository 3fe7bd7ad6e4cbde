// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import io.silica.server.config.DurationText;
import io.silica.wasm.worker.Printable;
import io.silica.wasm.worker.ProtocolVersions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What annotations ask of this kind for one container. containerd gives a container those of its
 * pod, too. {@code KEY/NAME} is for the container of that name alone, where it is stronger than
 * {@code KEY}. Whoever may make a pod may write them, and all that begins with our prefix is
 * understood or refused: a limit must not be lost by a slip of the pen.
 *
 * @param deadline how long it may run
 * @param ports on which it takes TCP connections
 */
record Annotations(Optional<Duration> deadline, List<Integer> ports) {
    private static final String PREFIX = "io.silica.wasm.";
    private static final String DEADLINE = PREFIX + "deadline";
    private static final String LISTEN = PREFIX + "listen";
    private static final List<String> KEYS = List.of(DEADLINE, LISTEN);

    /** By which containerd tells a container's name in its pod. */
    private static final String NAME = "io.kubernetes.cri.container-name";

    private static final Duration LONGEST = Duration.ofDays(365);

    /** One to sixteen numbers. */
    private static final Pattern PORTS = Pattern.compile("[0-9]{1,5}(,[0-9]{1,5}){0,15}");

    private static final int LAST_PORT = 65535;

    Annotations {
        ports = List.copyOf(ports);
    }

    /**
     * Reads them.
     *
     * @throws SandboxException.InvalidArgument naming one that is wrong
     */
    static Annotations of(ContainerConfig config) {
        var all = config.spec().annotations();
        all.keySet().forEach(key -> requireKnown(config.id(), key));
        return new Annotations(
                value(all, DEADLINE).map(text -> deadline(config.id(), text)),
                value(all, LISTEN).map(text -> ports(config.id(), text)).orElse(List.of()));
    }

    /** The oldest version of worker.proto that can say it. */
    int protocol() {
        return deadline.isEmpty() && ports.isEmpty()
                ? ProtocolVersions.FIRST
                : ProtocolVersions.DEADLINE_AND_LISTENERS;
    }

    private static void requireKnown(ContainerId id, String key) {
        if (key.startsWith(PREFIX)
                && KEYS.stream().noneMatch(it -> key.equals(it) || key.startsWith(it + "/"))) {
            throw new SandboxException.InvalidArgument(
                    "container \"%s\" has the annotation %s, which there is not: there are %s"
                            .formatted(id, quoted(key), String.join(" and ", KEYS)));
        }
    }

    private static Optional<String> value(Map<String, String> all, String key) {
        var own = all.get(key + "/" + all.getOrDefault(NAME, ""));
        return Optional.ofNullable(own == null ? all.get(key) : own);
    }

    private static Duration deadline(ContainerId id, String text) {
        return DurationText.parse(text)
                .filter(time -> time.isPositive() && time.compareTo(LONGEST) <= 0)
                .orElseThrow(() ->
                        new SandboxException.InvalidArgument(
                                "container \"%s\" has the annotation %s = %s: it must be a time such as \"250ms\", \"5s\", \"2m\" or \"1h\", and a year at most"
                                        .formatted(id, DEADLINE, quoted(text))));
    }

    private static List<Integer> ports(ContainerId id, String text) {
        var ports =
                PORTS.matcher(text).matches()
                        ? Stream.of(text.split(",", -1)).map(Integer::valueOf).distinct().toList()
                        : List.<Integer>of();
        if (ports.isEmpty() || ports.stream().anyMatch(port -> port < 1 || port > LAST_PORT)) {
            throw new SandboxException.InvalidArgument(
                    "container \"%s\" has the annotation %s = %s: it must be a TCP port such as \"8080\", or up to 16 of them with commas between"
                            .formatted(id, LISTEN, quoted(text)));
        }
        return ports;
    }

    private static String quoted(String text) {
        return '"' + Printable.of(text) + '"';
    }
}
