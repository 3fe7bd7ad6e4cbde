// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class MemoryAllowanceTest {
    private final MemoryBudget budget = new MemoryBudget(1000);

    @Test
    void whatIsTakenIsWithinTheLimitAndTheBudget() {
        var one = new MemoryAllowance(600, budget);
        var other = new MemoryAllowance(600, budget);
        assertThat(one.take(600)).isTrue();
        assertThat(one.take(1)).isFalse();
        assertThat(other.take(401)).isFalse();
        assertThat(other.wasRefused()).isTrue();
        assertThat(other.take(400)).isTrue();
        assertThat(other.wasRefused()).isFalse();
        one.release();
        assertThat(one.taken()).isZero();
        assertThat(other.take(200)).isTrue();
    }

    @Test
    void whatTheEngineCouldNotGiveIsGivenBackAndCountsAsRefused() {
        var allowance = new MemoryAllowance(600, budget);
        assertThat(allowance.take(500)).isTrue();
        allowance.failed(500);
        assertThat(allowance.taken()).isZero();
        assertThat(allowance.wasRefused()).isTrue();
        assertThat(new MemoryAllowance(1000, budget).take(1000)).isTrue();
    }

    @Test
    void aLimitCanBeChangedBetweenWhatIsTakenAndEightTimesWhatItWas() {
        var allowance = new MemoryAllowance(100, budget);
        assertThat(allowance.most()).isEqualTo(800);
        assertThat(allowance.take(50)).isTrue();
        assertThat(allowance.change(49)).isFalse();
        assertThat(allowance.change(801)).isFalse();
        assertThat(allowance.limit()).isEqualTo(100);
        assertThat(allowance.change(50)).isTrue();
        assertThat(allowance.take(1)).isFalse();
        assertThat(allowance.change(800)).isTrue();
        assertThat(allowance.take(750)).isTrue();
    }

    @Test
    void noLimitIsBeyondTheBudget() {
        var allowance = new MemoryAllowance(Long.MAX_VALUE, budget);
        assertThat(allowance.limit()).isEqualTo(1000);
        assertThat(allowance.most()).isEqualTo(1000);
        assertThatIllegalArgumentException().isThrownBy(() -> new MemoryAllowance(0, budget));
    }

    @Test
    void aPromisedLimitIsThereWhateverOthersTakeUntilItIsReleased() {
        var promised = MemoryAllowance.promised(600, budget).orElseThrow();
        assertThat(MemoryAllowance.promised(401, budget)).isEmpty();
        var other = new MemoryAllowance(1000, budget);
        assertThat(other.take(401)).isFalse();
        assertThat(other.take(400)).isTrue();
        assertThat(promised.take(600)).isTrue();
        assertThat(promised.take(1)).isFalse();
        promised.release();
        promised.release();
        assertThat(budget.left()).isEqualTo(600);
        assertThat(promised.change(700)).as("of no consequence").isTrue();
        assertThat(budget.left()).isEqualTo(600);
    }

    @Test
    void withoutALimitNothingIsSetAsideAndWithOneItIsAgain() {
        var allowance = MemoryAllowance.promised(300, budget).orElseThrow();
        assertThat(allowance.take(100)).isTrue();
        allowance.lift();
        assertThat(budget.left()).isEqualTo(900);
        assertThat(allowance.take(400)).isTrue();
        assertThat(budget.left()).isEqualTo(500);

        var other = MemoryAllowance.promised(400, budget).orElseThrow();
        assertThat(allowance.take(101)).isFalse();
        assertThat(allowance.change(601)).isFalse();
        assertThat(allowance.change(600)).isTrue();
        assertThat(budget.left()).isZero();
        assertThat(allowance.take(100)).isTrue();
        allowance.release();
        other.release();
        assertThat(budget.left()).isEqualTo(1000);
    }

    @Test
    void aPromiseIsChangedWithTheLimit() {
        var promised = MemoryAllowance.promised(300, budget).orElseThrow();
        assertThat(promised.change(1000)).isTrue();
        assertThat(budget.left()).isZero();
        assertThat(promised.change(400)).isTrue();
        assertThat(new MemoryAllowance(1000, budget).take(600)).isTrue();
        assertThat(promised.change(401)).isFalse();
        assertThat(promised.limit()).isEqualTo(400);
        promised.release();
        assertThat(budget.left()).isEqualTo(400);
    }
}
