// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class GrowingTimeTest {
    private final GrowingTime time = new GrowingTime();

    @Test
    void whatASentryForgetsStaysCounted() {
        assertThat(time.told(100)).isEqualTo(100);
        assertThat(time.told(40)).isEqualTo(100);
        assertThat(time.told(60)).isEqualTo(120);
        assertThat(time.told(0)).isEqualTo(120);
        assertThat(time.told(5)).isEqualTo(125);
    }
}
