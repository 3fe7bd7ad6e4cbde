// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.SandboxException;
import io.silica.server.config.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFormatTest {
    @TempDir Path directory;

    @Test
    void aNewDirectoryIsWrittenInTheNewestFormat() {
        assertThat(StateFormat.settle(directory, 3, "0.3.0").format()).isEqualTo(3);
    }

    @Test
    void aNewerProgramGoesOnWritingWhatTheOneBeforeReads() {
        StateFormat.settle(directory, 1, "0.1.0");

        assertThat(StateFormat.settle(directory, 2, "0.2.0"))
                .isEqualTo(new StateFormat(1, 2, "0.2.0"));
        assertThat(StateFormat.settle(directory, 1, "0.1.0"))
                .isEqualTo(new StateFormat(1, 1, "0.1.0"));
    }

    @Test
    void aProgramThatIsTwoFormatsAheadIsRefusedAndChangesNothing() throws IOException {
        StateFormat.settle(directory, 1, "0.1.0");
        byte[] before = Files.readAllBytes(directory.resolve("format"));

        assertThatThrownBy(() -> StateFormat.settle(directory, 3, "0.3.0"))
                .isInstanceOf(SandboxException.Unsupported.class)
                .hasMessageContaining("program 0.1.0 has written it in format 1")
                .hasMessageContaining("this one knows 2 and 3")
                .hasMessageContaining("start a program in between first");
        assertThat(directory.resolve("format")).hasBinaryContent(before);
    }

    @Test
    void aProgramIsRefusedThatDoesNotKnowTheFormatYet() {
        StateFormat.settle(directory, 2, "0.2.0");

        assertThatThrownBy(() -> StateFormat.settle(directory, 1, "0.1.0"))
                .isInstanceOf(SandboxException.Unsupported.class)
                .hasMessageContaining("start that program, or a newer one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "{}", "{\"format\":\"x\"}"})
    void aNoteThatCannotBeReadIsWrittenAnewForBothPrograms(String damaged) throws IOException {
        Path file = Files.writeString(directory.resolve("format"), damaged);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        assertThat(StateFormat.settle(directory, 2, "0.2.0").format()).isEqualTo(1);
        assertThat(StateFormat.settle(directory, 1, "0.1.0").format()).isEqualTo(1);
    }

    @Test
    void recordsAreWrittenInTheFormatOfTheirDirectory() throws UntrustedRecordException {
        var newest = new RecordFormat<>("state-format", 2, StateFormat.FORM, new ByteSize(1000));
        var value = new StateFormat(1, 2, "0.2.0");

        byte[] written = RecordEnvelope.write(newest.in(value), value);

        var before = new RecordFormat<>("state-format", 1, StateFormat.FORM, new ByteSize(1000));
        assertThat(RecordEnvelope.read(before, written)).isEqualTo(value);
    }
}
