// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.server.logging.LogFormat;
import io.silica.server.logging.LogLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DaemonConfigTest {
    @TempDir private Path temp;

    @Test
    void withoutAnyFileTheDefaultsHold() {
        var config =
                Config.load(
                        ConfigFiles.usual(temp.resolve("wasm.toml")),
                        List.of(),
                        DaemonConfigTest::wasm);

        assertThat(config.value()).isEqualTo(DaemonConfig.defaults("wasm"));
        assertThat(config.value())
                .isEqualTo(
                        new DaemonConfig(
                                new ServerConfig(
                                        Path.of("/run/wasm-sandboxer.sock"),
                                        Path.of("/run/silica/wasm"),
                                        Path.of("/run/silica/wasm/task.sock"),
                                        Optional.of(Path.of("/run/silica/wasm/holder.sock")),
                                        LogLevel.INFO,
                                        LogFormat.TEXT,
                                        Optional.of(Path.of("/run/silica/wasm/metrics.sock")),
                                        Duration.ofSeconds(10)),
                                new LimitsConfig(
                                        1024,
                                        128,
                                        Duration.ofMinutes(10),
                                        Duration.ofSeconds(30),
                                        4,
                                        4096,
                                        ByteSize.mebibytes(16)),
                                new ContainerdConfig(
                                        Path.of("/run/containerd/containerd.sock.ttrpc"), "k8s.io"),
                                new StatsConfig(Duration.ofSeconds(1))));
        assertThat(config.entries())
                .extracting(ConfigEntry::origin)
                .containsOnly(new Origin.Default());
    }

    @Test
    void everyKeyIsMapped() throws IOException {
        var config =
                load(
                        """
                        [server]
                        listen = "/a/listen.sock"
                        dir = "/a/dir"
                        task-socket = "/a/task.sock"
                        holder = "/a/holder.sock"
                        log-level = "trace"
                        log-format = "json"
                        metrics-socket = "/a/metrics.sock"
                        shutdown-grace = "3s"
                        [limits]
                        max-sandboxes = 2
                        max-containers-per-sandbox = 3
                        claim-within = "45s"
                        native-call-deadline = "4s"
                        blocking-calls-per-sandbox = 5
                        event-outbox = 60
                        journal-size = "70MiB"
                        [containerd]
                        address = "/a/containerd.ttrpc"
                        namespace = "other"
                        [stats]
                        cache-age = "70ms"
                        """);

        assertThat(config.value())
                .isEqualTo(
                        new DaemonConfig(
                                new ServerConfig(
                                        Path.of("/a/listen.sock"),
                                        Path.of("/a/dir"),
                                        Path.of("/a/task.sock"),
                                        Optional.of(Path.of("/a/holder.sock")),
                                        LogLevel.TRACE,
                                        LogFormat.JSON,
                                        Optional.of(Path.of("/a/metrics.sock")),
                                        Duration.ofSeconds(3)),
                                new LimitsConfig(
                                        2,
                                        3,
                                        Duration.ofSeconds(45),
                                        Duration.ofSeconds(4),
                                        5,
                                        60,
                                        ByteSize.mebibytes(70)),
                                new ContainerdConfig(Path.of("/a/containerd.ttrpc"), "other"),
                                new StatsConfig(Duration.ofMillis(70))));
        assertThat(config.entries())
                .extracting(ConfigEntry::origin)
                .doesNotContain(new Origin.Default());
    }

    @Test
    void socketsThatAreNotNamedFollowTheStateDirectory() throws IOException {
        var server = load("[server]\ndir = \"/elsewhere\"\n").value().server();

        assertThat(server.taskSocket()).isEqualTo(Path.of("/elsewhere/task.sock"));
        assertThat(server.holder()).contains(Path.of("/elsewhere/holder.sock"));
        assertThat(server.metricsSocket()).contains(Path.of("/elsewhere/metrics.sock"));
    }

    @Test
    void anEmptyHolderMeansNone() throws IOException {
        assertThat(load("[server]\nholder = \"\"\n").value().server().holder()).isEmpty();
    }

    @Test
    void anEmptyMetricsSocketMeansNone() throws IOException {
        assertThat(load("[server]\nmetrics-socket = \"\"\n").value().server().metricsSocket())
                .isEmpty();
    }

    @Test
    void theEffectiveConfigurationReadsBackAsItself() throws IOException {
        var first = load("[limits]\nmax-sandboxes = 7\n");
        var second = load(first.toToml());

        assertThat(second.value()).isEqualTo(first.value());
        assertThat(first.toToml())
                .contains("max-sandboxes = 7  # " + temp.resolve("wasm.toml") + ":2:1\n")
                .contains("cache-age = \"1s\"  # default\n");
    }

    @Test
    void theInstalledFileShowsEveryKeyWithItsDefault() throws IOException {
        var file = Files.readString(Path.of("../packaging/config/wasm.toml"));
        // The sections of the kind come last, and are the kind's to read.
        var installed = file.substring(0, file.indexOf("[wasm]"));

        assertThat(load(installed).value()).isEqualTo(DaemonConfig.defaults("wasm"));
        var uncommented = load(installed.replaceAll("(?m)^# (?=[a-z-]+ = )", ""));
        assertThat(uncommented.value()).isEqualTo(DaemonConfig.defaults("wasm"));
        assertThat(uncommented.entries())
                .extracting(ConfigEntry::origin)
                .doesNotContain(new Origin.Default());
    }

    private Config<DaemonConfig> load(String text) throws IOException {
        var file = Files.writeString(temp.resolve("wasm.toml"), text);
        return Config.load(ConfigFiles.explicit(file), List.of(), DaemonConfigTest::wasm);
    }

    private static DaemonConfig wasm(ConfigReader reader) {
        return DaemonConfig.read(reader, "wasm");
    }
}
