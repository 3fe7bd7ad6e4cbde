// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionRoomTest {
    @Test
    void theLastSixteenthIsKeptAndAtLeastOneConnection() {
        assertThat(new ConnectionRoom(4096).forAll()).isEqualTo(3840);
        assertThat(new ConnectionRoom(8).forAll()).isEqualTo(7);
        assertThat(new ConnectionRoom(0).forAll()).isZero();
    }

    @Test
    void theConnectionByWhichANewContainerIsAskedForCounts() {
        assertThat(new ConnectionRoom(8).isFor(7)).isTrue();
        assertThat(new ConnectionRoom(8).isFor(8)).isFalse();
    }
}
