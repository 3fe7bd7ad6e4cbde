// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import org.junit.jupiter.api.Test;

final class GuestSizeTest {
    private static final long MIB = 1 << 20;
    private static final GuestSize.Rules RULES =
            new GuestSize.Rules(256 * MIB, 128 * MIB, 64 * MIB, 4);

    @Test
    void aPodWithoutLimitsHasTheDefaultAndOneProcessor() {
        assertThat(of(Resources.UNLIMITED, Resources.UNLIMITED))
                .isEqualTo(new GuestSize(1, 256 * MIB));
    }

    @Test
    void theGuestAndWhatIsBesideItFitIntoThePodsCgroup() {
        assertThat(of(memory(300 * MIB), memory(100 * MIB)).memoryBytes()).isEqualTo(336 * MIB);
    }

    @Test
    void aLimitThatLeavesTooLittleIsRefusedInWords() {
        assertThatThrownBy(() -> of(memory(150 * MIB), memory(10 * MIB)))
                .isInstanceOf(SandboxException.Exhausted.class)
                .hasMessageContaining("160 MiB")
                .hasMessageContaining("128 MiB")
                .hasMessageContaining("overhead");
    }

    @Test
    void aQuotaIsRoundedUpToProcessorsThatTheHostHas() {
        assertThat(of(cpu(150_000), Resources.UNLIMITED).processors()).isEqualTo(2);
        assertThat(of(cpu(50_000), Resources.UNLIMITED).processors()).isEqualTo(1);
        assertThat(of(cpu(9_900_000), Resources.UNLIMITED).processors()).isEqualTo(4);
    }

    private static GuestSize of(Resources containers, Resources overhead) {
        return GuestSize.of(PodInMemory.spec().with(new PodResources(containers, overhead)), RULES);
    }

    private static Resources memory(long bytes) {
        return new Resources(bytes, 0, 0, 0);
    }

    private static Resources cpu(long quota) {
        return new Resources(0, 0, quota, 100_000);
    }
}
