// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ShortNameTest {
    /** Directories of pods that an earlier life of a daemon made are called so. */
    @Test
    void aNameStaysTheSameForGood() {
        assertThat(ShortName.of("pod", 20)).isEqualTo("425c89ed5bb78a7623fa");
        assertThat(ShortName.of("pod", 16)).isEqualTo("425c89ed5bb78a76");
    }
}
