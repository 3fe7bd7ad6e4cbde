// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupPathTest {
    @ParameterizedTest
    @CsvSource({
        "/kubepods/burstable/podX, /kubepods/burstable/podX",
        "kubepods//podX/, /kubepods/podX",
        "a.slice, /a.slice",
        "a-b.slice, /a.slice/a-b.slice",
        "kubepods-burstable-podX.slice,"
                + " /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podX.slice",
        "/a-b.slice/c, /a.slice/a-b.slice/c",
        "/a.slice/a-b.slice/c, /a.slice/a-b.slice/c",
    })
    void aPathIsReadAsTheKubeletWritesIt(String text, String expected) {
        assertThat(CgroupPath.parse(text)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/a/../b", ".", "/a/./b", "a\0b"})
    void whatIsNotAPathBelowTheRootIsRefused(String text) {
        assertThatThrownBy(() -> CgroupPath.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aChildIsBelow() {
        assertThat(CgroupPath.parse("/a").child("b")).hasToString("/a/b");
        assertThatThrownBy(() -> CgroupPath.parse("/a").child("b/c"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
