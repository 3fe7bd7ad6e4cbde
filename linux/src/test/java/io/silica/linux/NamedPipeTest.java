// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
class NamedPipeTest {
    @TempDir Path directory;

    @Test
    void whatIsWrittenIsReadAndOnlyTheOwnerMayOpenIt() throws IOException {
        Path path = directory.resolve("pipe");
        NamedPipe.make(path);
        assertThat(Files.getPosixFilePermissions(path))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (var pipe = Descriptor.open(path, OpenFlag.READ_WRITE, OpenFlag.NON_BLOCKING);
                var arena = Arena.ofConfined()) {
            var text = arena.allocateFrom("text");
            assertThat(pipe.write(text, 0, 4)).isEqualTo(4);
            assertThat(pipe.read(text, 0, 4)).isEqualTo(4);
            assertThat(pipe.read(text, 0, 4)).isZero();
        }
    }

    @Test
    void aPathThatIsTakenIsRefused() {
        Path path = directory.resolve("pipe");
        NamedPipe.make(path);
        assertThatThrownBy(() -> NamedPipe.make(path))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
    }
}
