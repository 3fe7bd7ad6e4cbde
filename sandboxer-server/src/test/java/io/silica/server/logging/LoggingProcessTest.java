// SPDX-License-Identifier: Apache-2.0
package io.silica.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Logging belongs to a process, so that all of its fronts are tried in one of their own. */
final class LoggingProcessTest {
    @Test
    void everyFrontEndsUpOnStderrAndNothingElseDoes() throws IOException, InterruptedException {
        assertThat(stderr())
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .contains(
                                                " INFO  io.silica.early: before the configuration"),
                        line ->
                                assertThat(line)
                                        .contains(
                                                "\"logger\":\"io.silica.system\"",
                                                "\"message\":\"System.Logger\""),
                        line ->
                                assertThat(line)
                                        .contains(
                                                "\"logger\":\"io.netty.x\"",
                                                "\"message\":\"slf4j\""),
                        line ->
                                assertThat(line)
                                        .contains(
                                                "\"logger\":\"io.grpc.x\"",
                                                "\"message\":\"java.util.logging\""));
    }

    private static List<String> stderr() throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process =
                new ProcessBuilder(
                                java,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Talker.class.getName())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (var err = process.getErrorStream()) {
            var lines = new String(err.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    /** Says one thing by each front, and some that must not be heard. */
    static final class Talker {
        private Talker() {}

        public static void main(String[] arguments) {
            System.getLogger("io.silica.early").log(Level.INFO, "before the configuration");
            Logging.start(LogLevel.INFO, LogFormat.JSON);
            System.getLogger("io.silica.system").log(Level.INFO, "System.Logger");
            System.getLogger("io.silica.system").log(Level.DEBUG, "not this");
            org.slf4j.LoggerFactory.getLogger("io.netty.x").warn("slf4j");
            org.slf4j.LoggerFactory.getLogger("io.netty.x").info("not this");
            java.util.logging.Logger.getLogger("io.grpc.x").warning("java.util.logging");
            java.util.logging.Logger.getLogger("io.grpc.x").info("not this");
        }
    }
}
