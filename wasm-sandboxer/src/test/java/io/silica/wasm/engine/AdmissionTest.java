// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AdmissionTest {
    private static final long BUDGET = 10 * Admission.OVERHEAD;

    private final MemoryBudget budget = new MemoryBudget(BUDGET);
    private final Admission admission = new Admission(budget);

    @Test
    void aGuestCostsMoreThanItsLimitUntilItIsReleased() {
        var limited = admission.admit("pod", 1000, 0).orElseThrow();
        assertThat(admission.left()).isEqualTo(BUDGET - Admission.OVERHEAD - 1000);
        var unlimited = admission.admit("pod", 0, 0).orElseThrow();
        assertThat(unlimited.limit()).isEqualTo(BUDGET);
        limited.release();
        limited.release();
        unlimited.release();
        assertThat(admission.left()).isEqualTo(BUDGET);
    }

    @Test
    void guestsThatDoNotFitAreNotAdmittedHoweverSmall() {
        for (int i = 0; i < 10; i++) {
            assertThat(admission.admit("pod" + i, 0, 0)).isPresent();
        }
        assertThat(admission.admit("pod", 0, 0)).isEmpty();
    }

    @Test
    void whatIsRefusedTakesNothing() {
        assertThat(admission.admit("pod", BUDGET, 0)).isEmpty();
        assertThat(admission.left()).isEqualTo(BUDGET);
    }

    @Test
    void theGuestsOfAPodTakeNoMoreThanItMayWhateverEachOfThemMay() {
        var one = admission.admit("pod", 800, 1000).orElseThrow();
        var other = admission.admit("pod", 0, 1000).orElseThrow();
        var neighbours = admission.admit("neighbour", 0, 0).orElseThrow();
        assertThat(other.limit()).isEqualTo(1000);
        assertThat(one.take(700)).isTrue();
        assertThat(other.take(301)).isFalse();
        assertThat(other.wasRefused()).isTrue();
        assertThat(other.take(300)).isTrue();
        assertThat(one.take(1)).isFalse();
        assertThat(neighbours.take(2000)).isTrue();

        other.release();
        assertThat(one.take(100)).isTrue();
    }

    @Test
    void theLimitOfAPodIsChangedUnlessMoreIsTaken() {
        var guest = admission.admit("pod", 0, 1000).orElseThrow();
        assertThat(guest.take(900)).isTrue();
        assertThat(admission.limit("pod", 899)).hasValue(900);
        assertThat(guest.take(100)).isTrue();
        assertThat(admission.limit("pod", 2000)).isEmpty();
        assertThat(guest.take(1000)).isTrue();
        assertThat(admission.limit("pod", 0)).isEmpty();
        assertThat(guest.limit()).isEqualTo(BUDGET);
        assertThat(admission.limit("nobody", 1)).isEmpty();
    }

    @Test
    void aPodWhoseGuestsAreGoneBeginsAnew() {
        var first = admission.admit("pod", 0, 1000).orElseThrow();
        assertThat(first.take(1000)).isTrue();
        first.release();
        var next = admission.admit("pod", 0, 500).orElseThrow();
        assertThat(next.limit()).isEqualTo(500);
        assertThat(next.take(500)).isTrue();
    }
}
