// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class KnownIdsTest {
    private static final KnownIds PODS = new KnownIds("pod", List.of("ab", "abc", "b1"));

    @Test
    void aBeginningIsEnoughIfItIsThatOfOneOnly() {
        assertThat(PODS.only("b")).isEqualTo("b1");
        assertThatThrownBy(() -> PODS.only("a")).hasMessage("2 pods begin with a: ab, abc");
        assertThatThrownBy(() -> PODS.only("c")).hasMessage("there is no pod c");
    }

    @Test
    void aWholeIdIsThatOneAlthoughAnotherBeginsSo() {
        assertThat(PODS.only("ab")).isEqualTo("ab");
    }
}
