// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ForwardedPortTest {
    private final ForwardedPort.Converter converter = new ForwardedPort.Converter();

    @Test
    void aPortIsForwardedFromTheSameOrFromAnother() {
        assertThat(converter.convert("80")).isEqualTo(new ForwardedPort(80, 80));
        assertThat(converter.convert("8080:80")).isEqualTo(new ForwardedPort(8080, 80));
        assertThat(converter.convert("0:80")).isEqualTo(new ForwardedPort(0, 80));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "0", "80:", ":80", "80:0", "65536", "-1", "a", "1:2:3"})
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> converter.convert(text)).hasMessageContaining("is no port");
    }
}
