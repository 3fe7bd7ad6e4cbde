// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CapabilitiesTest {
    @Test
    void eachHasTheBitOfItsNumber() {
        assertThat(Capabilities.bits(List.of("CAP_CHOWN", "CAP_SYS_ADMIN")))
                .isEqualTo(1L | 1L << 21);
        assertThat(Capabilities.bits(List.of("CAP_CHECKPOINT_RESTORE"))).isEqualTo(1L << 40);
    }

    @Test
    void oneThatIsNotKnownGivesNothing() {
        assertThat(Capabilities.bits(List.of("CAP_EVERYTHING", ""))).isZero();
    }
}
