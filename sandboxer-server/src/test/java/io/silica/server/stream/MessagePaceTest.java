// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessagePaceTest {
    @Test
    void smallMessagesAreHeldBackWhenThereAreManyAndLargeOnesAreNot() {
        var pace = new MessagePace();
        for (int i = 0; i < 1000; i++) {
            pace.sent(32 << 10);
        }
        assertThat(pace.delayNanos()).isZero();
        int burst = 0;
        while (pace.delayNanos() == 0) {
            pace.sent(1);
            burst++;
        }
        assertThat(burst).isGreaterThanOrEqualTo(32);
    }
}
