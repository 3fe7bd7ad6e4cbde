// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LogLineTest {
    private static final String TIME = "2026-11-22T19:00:01.000000002+01:00";
    private static final Instant INSTANT = Instant.parse("2026-11-22T18:00:01.000000002Z");

    @Test
    void aFullLineKeepsTheSpacesOfItsContent() {
        assertThat(parse(TIME + " stdout F  two  words "))
                .isEqualTo(
                        new LogLine(
                                INSTANT,
                                LogLine.Stream.STDOUT,
                                false,
                                ByteString.copyFromUtf8(" two  words ")));
    }

    @Test
    void aPartialLineSaysSo() {
        assertThat(parse(TIME + " stderr P half").partial()).isTrue();
        assertThat(parse(TIME + " stderr P half").stream()).isEqualTo(LogLine.Stream.STDERR);
    }

    @Test
    void tagsAfterTheFirstAreForOthers() {
        assertThat(parse(TIME + " stdout F:new:ones text").content().toStringUtf8())
                .isEqualTo("text");
    }

    @Test
    void anEmptyLineHasNoContent() {
        assertThat(parse(TIME + " stdout F ").content()).isEqualTo(ByteString.EMPTY);
    }

    @Test
    void contentMayBeAnyBytes() {
        var binary = ByteString.copyFrom(new byte[] {(byte) 0xff, 0, (byte) 0x80});

        assertThat(
                        LogLine.parse(ByteString.copyFromUtf8(TIME + " stdout F ").concat(binary))
                                .content())
                .isEqualTo(binary);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                TIME + " stdout F",
                TIME + " stdin F x",
                TIME + " stdout X x",
                "yesterday stdout F x"
            })
    void anythingElseIsRefused(String line) {
        assertThatThrownBy(() -> parse(line)).isInstanceOf(IllegalArgumentException.class);
    }

    private static LogLine parse(String line) {
        return LogLine.parse(ByteString.copyFromUtf8(line));
    }
}
