// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.silica.linux.Beneath.Resolve;
import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeakCheck
class BeneathTest {
    private final Path root;

    BeneathTest(@TempDir Path directory) throws IOException {
        root = Files.createDirectory(directory.resolve("root"));
        Files.writeString(directory.resolve("secret"), "outside");
        Files.writeString(root.resolve("file"), "inside");
        Files.createSymbolicLink(root.resolve("link"), Path.of("file"));
        Files.createSymbolicLink(root.resolve("up"), Path.of("../secret"));
        Files.createSymbolicLink(root.resolve("absolute"), Path.of("/file"));
    }

    @Test
    void whatIsInsideOpens() {
        assertThat(read("file", Resolve.BENEATH)).isEqualTo("inside");
        assertThat(read("link", Resolve.BENEATH)).isEqualTo("inside");
        assertThat(read("file", Resolve.NO_SYMLINKS)).isEqualTo("inside");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "up", "/etc/passwd", "absolute", "./../root/file"})
    void whatLeadsOutIsRefused(String path) {
        refused(path, Resolve.BENEATH, Errno.EXDEV);
    }

    @Test
    void anyLinkIsRefusedIfAskedSo() {
        refused("link", Resolve.NO_SYMLINKS, Errno.ELOOP);
    }

    @Test
    void asARootNothingLeadsOut() {
        assertThat(read("absolute", Resolve.IN_ROOT)).isEqualTo("inside");
        assertThat(read("../../../file", Resolve.IN_ROOT)).isEqualTo("inside");
        refused("up", Resolve.IN_ROOT, Errno.ENOENT);
        refused("/etc/passwd", Resolve.IN_ROOT, Errno.ENOENT);
    }

    @Test
    void aMagicLinkIsRefused() {
        try (var process = Beneath.of(Path.of("/proc/self"))) {
            assertThatThrownBy(() -> process.open("root/etc", Resolve.IN_ROOT, OpenFlag.PATH))
                    .hasMessageContaining("ELOOP");
        }
    }

    @Test
    void aFileCanBeMadeInside() {
        try (var beneath = Beneath.of(root)) {
            beneath.open("new", Resolve.NO_SYMLINKS, OpenFlag.WRITE, OpenFlag.CREATE).close();
        }
        assertThat(root.resolve("new")).exists();
    }

    @Test
    void aDirectoryIsMadeInsideAndNowhereElse() {
        try (var beneath = Beneath.of(root)) {
            beneath.createDirectory(".", "made", 0700, Resolve.BENEATH);
            assertThatThrownBy(() -> beneath.createDirectory(".", "made", 0700, Resolve.BENEATH))
                    .hasMessageContainingAll("mkdirat", "made", "EEXIST");
            assertThatThrownBy(() -> beneath.createDirectory("..", "made", 0700, Resolve.BENEATH))
                    .hasMessageContaining("EXDEV");
            assertThatThrownBy(() -> beneath.createDirectory(".", "../made", 0700, Resolve.BENEATH))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(root.resolve("made")).isDirectory();
    }

    private String read(String path, Resolve resolve) {
        try (var beneath = Beneath.of(root);
                var file = beneath.open(path, resolve, OpenFlag.READ)) {
            var room = Memory.room(64);
            return Memory.text(room, file.read(room, 0, 64));
        }
    }

    private void refused(String path, Resolve resolve, Errno errno) {
        assertThatThrownBy(() -> read(path, resolve))
                .asInstanceOf(type(LinuxException.class))
                .returns("openat2", LinuxException::call)
                .returns(errno, LinuxException::errno)
                .extracting(LinuxException::subject)
                .asString()
                .contains(path);
    }
}
