// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class ReservedMemoryTest {
    private static final long PAGE = 65536;

    @Test
    void itGrowsInItsPlaceKeepsWhatIsInItAndIsZeroBeyond() {
        try (var memory = ReservedMemory.of(1L << 32)) {
            memory.grow(PAGE);
            memory.memory().set(JAVA_BYTE, PAGE - 1, (byte) 7);
            long address = memory.address();
            memory.grow(3 * PAGE);
            assertThat(memory.address()).isEqualTo(address);
            assertThat(memory.memory().byteSize()).isEqualTo(3 * PAGE);
            assertThat(memory.memory().get(JAVA_BYTE, PAGE - 1)).isEqualTo((byte) 7);
            assertThat(memory.memory().get(JAVA_BYTE, 3 * PAGE - 1)).isZero();
        }
    }

    @Test
    void itHasNothingAtFirstAndGrowsNoFurtherThanItsPlace() {
        try (var memory = ReservedMemory.of(2 * PAGE)) {
            assertThat(memory.size()).isZero();
            assertThatIllegalArgumentException().isThrownBy(() -> memory.grow(3 * PAGE));
            memory.grow(2 * PAGE);
            assertThatIllegalArgumentException().isThrownBy(() -> memory.grow(PAGE));
        }
    }

    @Test
    void aPlaceThatThereIsNotIsRefused() {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> ReservedMemory.of(1L << 60))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM));
    }

    @Test
    void whatIsClosedDoesNotGrowAndClosesAgain() {
        var memory = ReservedMemory.of(PAGE);
        memory.close();
        memory.close();
        assertThatIllegalArgumentException().isThrownBy(() -> memory.grow(PAGE));
    }
}
