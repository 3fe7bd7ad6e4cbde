// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourcesTest {
    @Test
    void aPodsLimitIsThatOfItsContainersAndItsOverhead() {
        var containers = new Resources(100, 512, 50_000, 100_000);
        var overhead = new Resources(20, 256, 25_000, 100_000);
        assertThat(new PodResources(containers, overhead).total())
                .isEqualTo(new Resources(120, 768, 75_000, 100_000));
    }

    @Test
    void containersWithoutALimitMakeAPodWithoutOne() {
        var overhead = new Resources(20, 256, 0, 0);
        assertThat(new PodResources(Resources.UNLIMITED, overhead).total().memoryLimitBytes())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"-1,0,0,0", "0,-1,0,0", "0,0,-2,100000", "0,0,1,0", "0,0,1,-1"})
    void whatMakesNoSenseIsRefused(long memory, long shares, long quota, long period) {
        assertThatThrownBy(() -> new Resources(memory, shares, quota, period))
                .isInstanceOf(SandboxException.InvalidArgument.class);
    }
}
