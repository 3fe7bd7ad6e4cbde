// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.ports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PortRoomTest {
    @Test
    void aPlaceIsTakenByOneConnectionAtATime() {
        var room = new PortRoom(1);
        assertThat(room.take()).isTrue();
        assertThat(room.take()).isFalse();
        room.giveBack();
        assertThat(room.take()).isTrue();
    }
}
