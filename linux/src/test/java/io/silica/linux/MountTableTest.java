// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
    private static final String LINE =
            "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:2 - ext3 /dev/a\\134b rw,errors=continue\n";

    @Test
    void aLineIsTakenApart() {
        var mount = MountTable.parse(LINE).mounts().getFirst();
        assertThat(mount.id()).isEqualTo(36);
        assertThat(mount.parent()).isEqualTo(35);
        assertThat(mount.root()).isEqualTo("/mnt1");
        assertThat(mount.point()).isEqualTo(Path.of("/mnt 2"));
        assertThat(mount.options()).containsExactlyInAnyOrder("rw", "noatime");
        assertThat(mount.type()).isEqualTo("ext3");
        assertThat(mount.source()).isEqualTo("/dev/a\\b");
        assertThat(mount.superOptions()).contains("errors=continue");
    }

    @Test
    void aLineWithoutOptionalFieldsIsTakenApart() {
        assertThat(MountTable.parse("1 0 0:1 / / rw - tmpfs tmpfs rw").mounts()).hasSize(1);
    }

    @Test
    void escapesInNamesThatAreNotAsciiAreUndone() {
        var bytes = "ä\\012€".getBytes(StandardCharsets.UTF_8);
        var line =
                "1 0 0:1 / /"
                        + new String(bytes, StandardCharsets.ISO_8859_1)
                        + " rw - tmpfs none rw";
        assertThat(MountTable.parse(line).mounts().getFirst().point()).isEqualTo(Path.of("/ä\n€"));
    }

    @Test
    void whatCoversIsWhatIsSeen() {
        var table =
                MountTable.parse(
                        "1 0 0:1 / /a rw - tmpfs lower rw\n2 1 0:2 / /a rw - tmpfs upper rw\n3 2 0:3 / /a/b rw - tmpfs x rw");
        assertThat(table.at(Path.of("/a")).orElseThrow().source()).isEqualTo("upper");
        assertThat(table.at(Path.of("/ab"))).isEmpty();
        assertThat(table.below(Path.of("/a")))
                .extracting(MountTable.Mount::id)
                .containsExactly(3, 2, 1);
    }

    @Test
    void thisNamespaceHasProc() {
        assertThat(MountTable.read().at(Path.of("/proc")).orElseThrow().type()).isEqualTo("proc");
    }
}
