// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.server.config.ByteSize;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RecordEnvelopeTest {
    record Kettle(String name, int litres, List<String> spouts) {
        Kettle {
            Objects.requireNonNull(name, "name");
            spouts = List.copyOf(spouts);
        }
    }

    record NewerKettle(String name, int litres, List<String> spouts, @Nullable String lid) {}

    private static final RecordFormat<Kettle> FORMAT = format(2, Kettle.class);
    private static final Kettle KETTLE = new Kettle("é\n\"x\"", 3, List.of("left", "right"));

    @Test
    void aRecordIsJsonThatReadsBack() throws UntrustedRecordException {
        byte[] file = RecordEnvelope.write(FORMAT, KETTLE);

        assertThat(new String(file, UTF_8))
                .matches(
                        "\\{\"version\":2,\"kind\":\"kettle\",\"checksum\":\"[0-9a-f]{8}\",\"record\":\\{.*\"litres\":3.*}}\n");
        assertThat(RecordEnvelope.read(FORMAT, file)).isEqualTo(KETTLE);
    }

    @Test
    void aRecordCutAtAnyByteIsNotTrusted() {
        byte[] file = RecordEnvelope.write(FORMAT, KETTLE);
        for (int length = 0; length < file.length; length++) {
            assertUntrusted(Arrays.copyOf(file, length));
        }
    }

    @Test
    void aRecordWithAnyBitFlippedIsNotTrusted() {
        byte[] file = RecordEnvelope.write(FORMAT, KETTLE);
        for (int bit = 0; bit < file.length * 8; bit++) {
            byte[] flipped = file.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertUntrusted(flipped);
        }
    }

    @Test
    void aRecordWithSomethingBehindItIsNotTrusted() {
        byte[] file = RecordEnvelope.write(FORMAT, KETTLE);

        assertUntrusted(Arrays.copyOf(file, file.length + 1));
    }

    @Test
    void aRecordOfANewerVersionIsNotTrusted() {
        byte[] file = RecordEnvelope.write(format(3, Kettle.class), KETTLE);

        assertThatThrownBy(() -> RecordEnvelope.read(FORMAT, file))
                .isInstanceOf(UntrustedRecordException.class)
                .hasMessage("it has version 3, newer than 2, which this program knows");
    }

    @Test
    void aRecordOfAnOlderVersionIsReadIntoTheTypeOfToday() throws UntrustedRecordException {
        byte[] file = RecordEnvelope.write(FORMAT, KETTLE);

        assertThat(RecordEnvelope.read(format(3, NewerKettle.class), file).lid()).isNull();
    }

    @Test
    void aRecordOfAnotherKindIsNotTrusted() {
        byte[] file =
                RecordEnvelope.write(
                        new RecordFormat<>("pan", 1, Kettle.class, ByteSize.mebibytes(1)), KETTLE);

        assertThatThrownBy(() -> RecordEnvelope.read(FORMAT, file))
                .hasMessage("it is a record of kind \"pan\", not \"kettle\"");
    }

    @Test
    void aComponentThatANewerProgramAddedIsLeftOut() throws UntrustedRecordException {
        byte[] file =
                RecordEnvelope.write(
                        format(2, NewerKettle.class),
                        new NewerKettle(KETTLE.name(), KETTLE.litres(), KETTLE.spouts(), "tin"));

        assertThat(new String(file, UTF_8)).contains("\"lid\":\"tin\"");
        assertThat(RecordEnvelope.read(FORMAT, file)).isEqualTo(KETTLE);
    }

    @Test
    void whatIsNullIsNotWritten() {
        byte[] file =
                RecordEnvelope.write(
                        format(2, NewerKettle.class), new NewerKettle("a", 1, List.of(), null));

        assertThat(new String(file, UTF_8)).doesNotContain("lid");
    }

    @Test
    void whatTheTypeItselfRefusesIsNotTrusted() {
        record Bare(int litres) {}
        byte[] file = RecordEnvelope.write(format(2, Bare.class), new Bare(1));

        assertUntrusted(file);
    }

    private static void assertUntrusted(byte[] file) {
        assertThatThrownBy(() -> RecordEnvelope.read(FORMAT, file))
                .isInstanceOf(UntrustedRecordException.class);
    }

    private static <T> RecordFormat<T> format(int version, Class<T> type) {
        return new RecordFormat<>("kettle", version, type, ByteSize.mebibytes(1));
    }
}
