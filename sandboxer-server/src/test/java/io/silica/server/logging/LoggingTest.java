// SPDX-License-Identifier: Apache-2.0
package io.silica.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.SandboxId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LoggingTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LoggerContext context = new LoggerContext();
    private final Logging logging = new Logging(context);

    @BeforeEach
    void readTheContextOfTheRealThreads() {
        context.setMDCAdapter((LogbackMDCAdapter) MDC.getMDCAdapter());
    }

    @Test
    void anEventIsALineOfText() {
        logging.configure(LogLevel.INFO, LogFormat.TEXT, out);

        try (var _ = LogContext.sandbox(new SandboxId("s1"))) {
            context.getLogger("io.silica.X").info("started");
        }

        assertThat(lines())
                .singleElement()
                .asString()
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  io\\.silica\\.X sandbox_id=s1: started");
    }

    @Test
    void anEventIsAnObjectOfJson() {
        logging.configure(LogLevel.INFO, LogFormat.JSON, out);

        try (var _ = LogContext.sandbox(new SandboxId("s1"));
                var _ = LogContext.container(new ContainerId("c1"));
                var _ = LogContext.exec(new ExecId("e1"))) {
            context.getLogger("io.silica.X").warn("said \"no\"\\");
        }

        var event = onlyEvent();
        assertThat(event.propertyNames())
                .containsExactlyInAnyOrder(
                        "time",
                        "level",
                        "logger",
                        "thread",
                        "sandbox_id",
                        "container_id",
                        "exec_id",
                        "message");
        assertThat(text(event, "level")).isEqualTo("warn");
        assertThat(text(event, "sandbox_id")).isEqualTo("s1");
        assertThat(text(event, "container_id")).isEqualTo("c1");
        assertThat(text(event, "exec_id")).isEqualTo("e1");
        assertThat(text(event, "message")).isEqualTo("said \"no\"\\");
    }

    @Test
    void contextsNestAndEnd() {
        try (var _ = LogContext.sandbox(new SandboxId("outer"))) {
            try (var _ = LogContext.sandbox(new SandboxId("inner"))) {
                assertThat(MDC.get("sandbox_id")).isEqualTo("inner");
            }
            assertThat(MDC.get("sandbox_id")).isEqualTo("outer");
        }
        assertThat(MDC.get("sandbox_id")).isNull();
    }

    @Test
    void eachVirtualThreadHasAContextOfItsOwn() throws InterruptedException {
        var seen = new AtomicReference<String>("never ran");
        try (var _ = LogContext.sandbox(new SandboxId("mine"))) {
            Thread.ofVirtual()
                    .name("other")
                    .start(() -> seen.set(String.valueOf(MDC.get("sandbox_id"))))
                    .join();
        }
        assertThat(seen).hasValue("null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nFAKE",
                "a\rFAKE",
                "a\u001b[2JFAKE",
                "a\u0085FAKE",
                "a\u2028FAKE",
                "a\u202eFAKE",
                "a\u009bFAKE",
                "a\0FAKE",
                "a\ud800FAKE"
            })
    void whatAGuestSaysRemainsOneLineWithoutControls(String hostile) {
        for (var format : LogFormat.values()) {
            out.reset();
            logging.configure(LogLevel.INFO, format, out);
            context.getLogger("x").info(hostile);
            assertThat(out.toString(StandardCharsets.UTF_8).stripTrailing())
                    .contains("FAKE")
                    .matches("[ -~]+");
        }
    }

    @Test
    void jsonGivesBackTheVeryMessage() {
        logging.configure(LogLevel.INFO, LogFormat.JSON, out);
        var hostile = "\"}\n{\"x\":\"\u001b[31m é 🙂 \u202e \\n";

        context.getLogger("x").info(hostile);

        assertThat(text(onlyEvent(), "message")).isEqualTo(hostile);
    }

    @Test
    void bracesInAMessageAreNotFilledIn() {
        logging.configure(LogLevel.INFO, LogFormat.JSON, out);

        context.getLogger("x").info("exit of {} with {0}");

        assertThat(text(onlyEvent(), "message")).isEqualTo("exit of {} with {0}");
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void anEndlessMessageHasAnEnd(LogFormat format) {
        logging.configure(LogLevel.INFO, format, out);

        context.getLogger("x")
                .info("\u0001".repeat(1 << 20), new IllegalStateException("z\n".repeat(1 << 20)));

        assertThat(out.size()).isLessThan(3 * PrintableText.LONGEST);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("more characters");
    }

    @Test
    void theLinesOfAStackTraceCannotPassForEvents() {
        logging.configure(LogLevel.INFO, LogFormat.TEXT, out);

        context.getLogger("x")
                .error(
                        "stop",
                        new IllegalStateException("no\n2026-11-22T10:15:30.123Z INFO  x: fake"));

        assertThat(lines().getFirst()).endsWith(" ERROR x: stop");
        assertThat(lines().subList(1, lines().size()))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("\t"));
    }

    @Test
    void aStackTraceIsAFieldInJson() {
        logging.configure(LogLevel.INFO, LogFormat.JSON, out);

        context.getLogger("x").error("stop", new IllegalStateException("no"));

        assertThat(text(onlyEvent(), "stack"))
                .startsWith("java.lang.IllegalStateException: no\n")
                .contains("at " + LoggingTest.class.getName());
    }

    @Test
    void theLevelChangesAtRunTime() {
        logging.configure(LogLevel.INFO, LogFormat.TEXT, out);
        var logger = context.getLogger("io.silica.X");

        logger.debug("too early");
        logging.level(LogLevel.DEBUG);
        logger.debug("heard");
        logging.level(LogLevel.ERROR);
        logger.warn("too late");

        assertThat(lines()).singleElement().asString().endsWith("heard");
    }

    @ParameterizedTest
    @EnumSource(LogLevel.class)
    void librariesAreQuietUnlessEverythingIsAskedFor(LogLevel level) {
        logging.configure(level, LogFormat.TEXT, out);
        var netty = context.getLogger("io.netty.channel.X");

        assertThat(netty.isInfoEnabled()).isEqualTo(level == LogLevel.TRACE);
        assertThat(netty.isWarnEnabled()).isEqualTo(level != LogLevel.ERROR);
        assertThat(netty.isErrorEnabled()).isTrue();
    }

    @Test
    void aSocketOptionThatAUnixSocketHasNotIsNoWarning() {
        logging.configure(LogLevel.INFO, LogFormat.TEXT, out);

        context.getLogger("io.netty.bootstrap.ServerBootstrap").warn("Unknown channel option");
        context.getLogger("io.netty.bootstrap.Bootstrap").warn("Unknown channel option");

        assertThat(lines()).isEmpty();
    }

    @Test
    void anotherConfigurationLeavesTheStreamOpen() {
        var closed = new AtomicReference<>(false);
        var stream =
                new ByteArrayOutputStream() {
                    @Override
                    public void close() {
                        closed.set(true);
                    }
                };

        logging.configure(LogLevel.INFO, LogFormat.TEXT, stream);
        logging.configure(LogLevel.INFO, LogFormat.JSON, stream);

        assertThat(closed).hasValue(false);
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private JsonNode onlyEvent() {
        assertThat(lines()).hasSize(1);
        return JSON.readTree(lines().getFirst());
    }

    private static String text(JsonNode event, String field) {
        return event.required(field).asString();
    }
}
