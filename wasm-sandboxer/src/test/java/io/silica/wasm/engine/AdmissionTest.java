// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class AdmissionTest {
    private static final long BUDGET = 10 * Admission.OVERHEAD;

    private final MemoryBudget budget = new MemoryBudget(BUDGET);
    private final Admission admission = new Admission(budget);

    @Test
    void aGuestCostsMoreThanItsLimitUntilItIsReleased() {
        var limited = admit("pod", 1000, 0).orElseThrow();
        assertThat(admission.left()).isEqualTo(BUDGET - Admission.OVERHEAD - 1000);
        var unlimited = admit("pod", 0, 0).orElseThrow();
        assertThat(unlimited.limit()).isEqualTo(BUDGET);
        limited.release();
        limited.release();
        unlimited.release();
        assertThat(admission.left()).isEqualTo(BUDGET);
    }

    @Test
    void guestsThatDoNotFitAreNotAdmittedHoweverSmall() {
        for (int i = 0; i < 10; i++) {
            assertThat(admit("pod" + i, 0, 0)).isPresent();
        }
        assertThat(admit("pod", 0, 0)).isEmpty();
    }

    @Test
    void whatIsRefusedTakesNothing() {
        assertThat(admit("pod", BUDGET, 0)).isEmpty();
        assertThat(admission.left()).isEqualTo(BUDGET);
    }

    @Test
    void theGuestsOfAPodTakeNoMoreThanItMayWhateverEachOfThemMay() {
        var one = admit("pod", 800, 1000).orElseThrow();
        var other = admit("pod", 2000, 1000).orElseThrow();
        var neighbours = admit("neighbour", 0, 0).orElseThrow();
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
    void aGuestWithoutALimitLiftsThatOfItsPodWhileItIsThere() {
        var limited = admit("pod", 1000, 1000).orElseThrow();
        var unlimited = admit("pod", 0, 1000).orElseThrow();
        assertThat(unlimited.limit()).isEqualTo(BUDGET);
        assertThat(unlimited.take(5000)).isTrue();
        assertThat(limited.take(100)).isTrue();
        assertThat(admission.limit("pod", 500)).as("holds for nobody now").isEmpty();

        assertThat(unlimited.change(6000)).isTrue();
        assertThat(unlimited.take(1)).as("each has a limit").isFalse();
        unlimited.lift();
        assertThat(unlimited.take(1)).isTrue();

        unlimited.release();
        assertThat(limited.limit()).isEqualTo(500);
        assertThat(limited.take(400)).isTrue();
        assertThat(limited.take(1)).isFalse();
    }

    @Test
    void whoDoesNotKnowOfAPodsLimitLeavesItAsItIs() {
        var first = admit("pod", 2000, 1000).orElseThrow();
        var next = admission.admit("pod", 2000, OptionalLong.empty()).orElseThrow();
        assertThat(next.limit()).isEqualTo(1000);
        assertThat(first.take(600)).isTrue();
        assertThat(next.take(401)).isFalse();
    }

    @Test
    void theLimitOfAPodIsChangedUnlessMoreIsTaken() {
        var guest = admit("pod", 5000, 1000).orElseThrow();
        assertThat(guest.take(900)).isTrue();
        assertThat(admission.limit("pod", 899)).hasValue(900);
        assertThat(guest.take(100)).isTrue();
        assertThat(admission.limit("pod", 2000)).isEmpty();
        assertThat(guest.take(1000)).isTrue();
        assertThat(admission.limit("pod", 0)).isEmpty();
        assertThat(guest.limit()).isEqualTo(5000);
        assertThat(admission.limit("nobody", 1)).isEmpty();
    }

    @Test
    void aPodWhoseGuestsAreGoneBeginsAnew() {
        var first = admit("pod", 2000, 1000).orElseThrow();
        assertThat(first.take(1000)).isTrue();
        first.release();
        var next = admit("pod", 2000, 500).orElseThrow();
        assertThat(next.limit()).isEqualTo(500);
        assertThat(next.take(500)).isTrue();
    }

    private Optional<MemoryAllowance> admit(String pod, long limit, long podLimit) {
        return admission.admit(pod, limit, OptionalLong.of(podLimit));
    }
}
