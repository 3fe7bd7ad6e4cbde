// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GuestNicenessTest {
    @ParameterizedTest
    @CsvSource({"0, 6", "1024, 6", "2048, 3", "512, 9", "100, 16", "2, 19", "262144, 1"})
    void fewerSharesAreNicerAndNoGuestIsAsUrgentAsItsWorker(long shares, int nice) {
        assertThat(GuestNiceness.of(shares)).isEqualTo(nice);
    }
}
