// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.server.config.ByteSize;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StateDirectoryTest {
    @TempDir private Path temp;

    @Test
    void aDirectoryIsMadeWithItsParents() throws IOException {
        var path = temp.resolve("run/silica/wasm");

        try (var directory = StateDirectory.take(path)) {
            assertThat(directory.path()).isEqualTo(path);
            assertThat(mode(path)).isEqualTo("rwx------");
            assertThat(mode(directory.subdirectory("sandboxes"))).isEqualTo("rwx------");
        }
    }

    @Test
    void aDirectoryIsFreeAgainOnceItIsClosed() {
        StateDirectory.take(temp).close();
        StateDirectory.take(temp).close();
    }

    @Test
    void aSecondDaemonIsRefusedAndToldWhoIsThere() throws IOException {
        try (var holder = Holder.start("0022", temp)) {
            assertThatThrownBy(() -> StateDirectory.take(temp))
                    .isInstanceOf(SandboxException.Unavailable.class)
                    .hasMessage(
                            "the state directory %s is in use by process %d: stop that daemon, or give this one another by --dir"
                                    .formatted(temp, holder.pid()));
        }
        StateDirectory.take(temp).close();
    }

    @Test
    void aFileInThePlaceOfTheDirectoryIsRefused() throws IOException {
        var file = Files.writeString(temp.resolve("file"), "");

        assertThatThrownBy(() -> StateDirectory.take(file))
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessage("cannot use the state directory " + file + ": it is not a directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000", "0777"})
    void theUmaskOfTheDaemonDoesNotMatter(String umask) throws IOException {
        var path = temp.resolve("state");
        Files.createDirectory(path);
        try (var _ = Holder.start(umask, path)) {
            assertThat(mode(path)).isEqualTo("rwx------");
            assertThat(mode(path.resolve("lock"))).isEqualTo("rw-------");
            assertThat(mode(path.resolve("sandboxes"))).isEqualTo("rwx------");
            assertThat(mode(path.resolve("sandboxes/a.json"))).isEqualTo("rw-------");
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** Another process, which takes a directory, saves a record in it and ends with its stdin. */
    record Holder(Process process) implements AutoCloseable {
        static Holder start(String umask, Path directory) throws IOException {
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            var process =
                    new ProcessBuilder(
                                    "sh",
                                    "-c",
                                    "umask \"$0\" && exec \"$@\"",
                                    umask,
                                    java,
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Holder.class.getName(),
                                    directory.toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            var out =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8));
            assertThat(out.readLine()).isEqualTo("taken");
            return new Holder(process);
        }

        long pid() {
            return process.pid();
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close();
            process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
        }

        public static void main(String[] arguments) throws IOException {
            try (var directory = StateDirectory.take(Path.of(arguments[0]))) {
                var format = new RecordFormat<>("kettle", 1, Kettle.FORM, ByteSize.mebibytes(1));
                RecordStore.open(directory.subdirectory("sandboxes"), format)
                        .save(new SandboxId("a"), new Kettle(1));
                System.out.println("taken");
                assertThat(System.in.read()).isEqualTo(-1);
            }
        }
    }
}
