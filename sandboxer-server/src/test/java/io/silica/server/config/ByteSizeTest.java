// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0B, 0",
        "512B, 512",
        "64KiB, 65536",
        "64MiB, 67108864",
        "2GiB, 2147483648",
        "1TiB, 1099511627776"
    })
    void aSizeIsReadAndSpelledTheSameWay(String text, long bytes) {
        assertThat(ByteSize.parse(text)).contains(new ByteSize(bytes));
        assertThat(new ByteSize(bytes)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "MiB",
                "-1B",
                "1 MiB",
                "1MB",
                "1mib",
                "1.5GiB",
                "9999999999999999999B",
                "8388608TiB"
            })
    void whatIsNoSizeIsRefused(String text) {
        assertThat(ByteSize.parse(text)).isEmpty();
    }

    @Test
    void aSizeIsNeverNegative() {
        assertThatThrownBy(() -> new ByteSize(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
