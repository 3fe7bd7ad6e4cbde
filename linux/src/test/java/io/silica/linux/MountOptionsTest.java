// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MountOptionsTest {
    @Test
    void flagsPropagationAndDataAreSorted() {
        var options =
                MountOptions.parse(
                        List.of(
                                "rbind",
                                "ro",
                                "nosuid",
                                "rprivate",
                                "size=1k",
                                "relatime",
                                "mode=1"));
        assertThat(options.flags()).isEqualTo(4096 | 16384 | 1 | 2 | 1 << 21);
        assertThat(options.propagation()).isEqualTo(1 << 18 | 16384);
        assertThat(options.data()).isEqualTo("size=1k,mode=1");
        assertThat(options.changesBind()).isTrue();
        assertThat(options.remountFlags()).isEqualTo(4096 | 32 | 1 | 2 | 1 << 21);
    }

    @Test
    void aLaterOptionOverrides() {
        assertThat(MountOptions.parse(List.of("ro", "rw", "noexec", "exec")).flags()).isZero();
        assertThat(MountOptions.parse(List.of("rw", "ro")).flags()).isOne();
    }

    @Test
    void aPlainBindNeedsNoRemount() {
        assertThat(MountOptions.parse(List.of("rbind", "rw")).changesBind()).isFalse();
        assertThat(MountOptions.parse(List.of("ro")).changesBind()).isFalse();
    }
}
