// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PodLimitsTest {
    private static final long MIB = 1 << 20;
    private static final Resources HUNDRED = new Resources(100 * MIB, 512, 50_000, 100_000);

    @Test
    void withoutLimitsThereIsNone() {
        assertThat(effective(PodResources.UNLIMITED)).isEqualTo(Resources.UNLIMITED);
        assertThat(effective(PodResources.UNLIMITED, HUNDRED, Resources.UNLIMITED))
                .isEqualTo(Resources.UNLIMITED);
    }

    @Test
    void thoseOfContainersAddUpToThatOfTheirPod() {
        var twoPeriods = new Resources(28 * MIB, 0, 10_000, 20_000);
        assertThat(effective(PodResources.UNLIMITED, HUNDRED, twoPeriods))
                .isEqualTo(new Resources(192 * MIB, 0, 100_000, 100_000));
    }

    @Test
    void whatThePodAllowsForItsKernelIsAdded() {
        var pod = new PodResources(Resources.UNLIMITED, new Resources(8 * MIB, 0, 1_000, 100_000));
        assertThat(effective(pod, HUNDRED)).isEqualTo(new Resources(108 * MIB, 0, 51_000, 100_000));
    }

    @Test
    void aPodsOwnLimitHoldsIfItIsLess() {
        var pod =
                new PodResources(new Resources(50 * MIB, 0, 10_000, 100_000), Resources.UNLIMITED);
        var own = new Resources(50 * MIB, 0, 10_000, 100_000);
        assertThat(effective(pod)).isEqualTo(own);
        assertThat(effective(pod, HUNDRED)).isEqualTo(own);
    }

    @Test
    void numbersWithoutMeaningOverflowNothing() {
        var huge = new Resources(Long.MAX_VALUE, 0, Long.MAX_VALUE, 1);
        assertThat(effective(PodResources.UNLIMITED, huge, huge))
                .isEqualTo(new Resources(Long.MAX_VALUE, 0, 1L << 40, 100_000));
    }

    /** It takes no less than 1 ms in a period, whatever that is. */
    @Test
    void aQuotaIsOneThatTheKernelTakes() {
        var little = new Resources(0, 0, 1_000, 1_000_000);
        assertThat(effective(PodResources.UNLIMITED, little).cpuQuotaMicros()).isEqualTo(1_000);
        var pod = new PodResources(little, Resources.UNLIMITED);
        assertThat(effective(pod).cpuQuotaMicros()).isEqualTo(1_000);
    }

    private static Resources effective(PodResources pod, Resources... containers) {
        return new PodLimits(pod, List.of(containers)).effective();
    }
}
