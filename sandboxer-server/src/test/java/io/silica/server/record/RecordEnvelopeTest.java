// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.server.config.ByteSize;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecordEnvelopeTest {
    record NewerKettle(Kettle kettle, @Nullable String lid) {
        static final RecordForm<NewerKettle> FORM = new Form();

        private static final class Form implements RecordForm<NewerKettle> {
            @Override
            public void write(NewerKettle it, MemberWriter to) {
                Kettle.FORM.write(it.kettle(), to);
                to.text("lid", it.lid());
            }

            @Override
            public NewerKettle read(Members from) {
                return new NewerKettle(Kettle.FORM.read(from), from.textOrNull("lid"));
            }
        }
    }

    private static final RecordFormat<Kettle> FORMAT = format(2, Kettle.FORM);
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
        byte[] file = RecordEnvelope.write(format(3, Kettle.FORM), KETTLE);

        assertThatThrownBy(() -> RecordEnvelope.read(FORMAT, file))
                .isInstanceOf(UntrustedRecordException.class)
                .hasMessage("it has version 3, newer than 2, which this program knows");
    }

    @Test
    void aRecordOfAnOlderVersionIsReadIntoTheTypeOfToday() throws UntrustedRecordException {
        byte[] file = RecordEnvelope.write(FORMAT, KETTLE);

        assertThat(RecordEnvelope.read(format(3, NewerKettle.FORM), file).lid()).isNull();
    }

    @Test
    void aRecordOfAnotherKindIsNotTrusted() {
        byte[] file =
                RecordEnvelope.write(
                        new RecordFormat<>("pan", 1, Kettle.FORM, ByteSize.mebibytes(1)), KETTLE);

        assertThatThrownBy(() -> RecordEnvelope.read(FORMAT, file))
                .hasMessage("it is a record of kind \"pan\", not \"kettle\"");
    }

    @Test
    void aComponentThatANewerProgramAddedIsLeftOut() throws UntrustedRecordException {
        byte[] file =
                RecordEnvelope.write(format(2, NewerKettle.FORM), new NewerKettle(KETTLE, "tin"));

        assertThat(new String(file, UTF_8)).contains("\"lid\":\"tin\"");
        assertThat(RecordEnvelope.read(FORMAT, file)).isEqualTo(KETTLE);
    }

    @Test
    void whatIsNullIsNotWritten() {
        byte[] file =
                RecordEnvelope.write(format(2, NewerKettle.FORM), new NewerKettle(KETTLE, null));

        assertThat(new String(file, UTF_8)).doesNotContain("lid");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                            | name is missing",
                "{'name':'a','litres':1}                       | spouts is missing",
                "{'name':null,'spouts':[]}                     | name is missing",
                "{'name':1,'spouts':[]}                        | name is no string",
                "{'name':'a','litres':'1','spouts':[]}         | litres is no number",
                "{'name':'a','litres':4294967296,'spouts':[]}  | litres is too large a number",
                "{'name':'a','litres':1.5,'spouts':[]}         | there is an unexpected VALUE_NUMBER_FLOAT",
                "{'name':'a','spouts':{}}                      | spouts is no array",
                "{'name':'a','spouts':[null]}                  | spouts is no string",
                "{'name':'a','name':'b','spouts':[]}           | it is no JSON: Duplicate",
                "{'name':'a','spouts':[]} {}                   | there is an unexpected START_OBJECT",
                "[]                                            | it is no object",
                "\'\'                                            | it ends too soon",
                "{'name':'a','spouts':[[[[[[[[[[[[[[[[[[[      | it is no JSON",
            })
    void whatIsNoSuchRecordIsToldInWords(String body, String message) {
        byte[] file = enveloped(body.replace('\'', '"'));

        assertThatThrownBy(() -> RecordEnvelope.read(FORMAT, file))
                .isInstanceOf(UntrustedRecordException.class)
                .hasMessageContaining(message);
    }

    /** The body with a head that fits it. */
    private static byte[] enveloped(String body) {
        return RecordEnvelope.enveloped(FORMAT, body.getBytes(UTF_8));
    }

    private static void assertUntrusted(byte[] file) {
        assertThatThrownBy(() -> RecordEnvelope.read(FORMAT, file))
                .isInstanceOf(UntrustedRecordException.class);
    }

    private static <T> RecordFormat<T> format(int version, RecordForm<T> form) {
        return new RecordFormat<>("kettle", version, form, ByteSize.mebibytes(1));
    }
}
