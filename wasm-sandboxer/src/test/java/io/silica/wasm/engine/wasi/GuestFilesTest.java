// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import static io.silica.wasm.engine.wasi.GuestFiles.CREATE;
import static io.silica.wasm.engine.wasi.GuestFiles.DIRECTORY;
import static io.silica.wasm.engine.wasi.GuestFiles.EXCLUSIVE;
import static io.silica.wasm.engine.wasi.GuestFiles.READ;
import static io.silica.wasm.engine.wasi.GuestFiles.TRUNCATE;
import static io.silica.wasm.engine.wasi.GuestFiles.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
final class GuestFilesTest {
    private static final int FILE = 4;
    private static final int LINK = 7;

    @TempDir Path own;
    private GuestFiles guest;

    @BeforeEach
    void begin() throws IOException {
        Files.createDirectory(own.resolve("dir"));
        Files.writeString(own.resolve("dir/file"), "contents");
        guest = new GuestFiles(own);
    }

    @AfterEach
    void end() {
        guest.close();
    }

    @Test
    void aFileThatIsMadeIsWrittenAndReadBack() {
        assertThat(guest.open("made", CREATE, READ | WRITE)).isZero();
        int file = guest.result();
        assertThat(guest.write(file, "hello")).isZero();
        assertThat(guest.call("fd_seek", file, 1, 0, 0)).isZero();
        assertThat(guest.readOpen(file)).isEqualTo("ello");
        assertThat(guest.statusOpen(file)).isZero();
        assertThat(guest.size()).isEqualTo(5);
        assertThat(guest.call("fd_filestat_set_size", file, 2)).isZero();
        assertThat(guest.read("made")).isEqualTo("he");
        assertThat(guest.open("made", CREATE | EXCLUSIVE, WRITE)).isEqualTo(WasiErrno.EXISTS);
        assertThat(guest.open("made", TRUNCATE, WRITE)).isZero();
        assertThat(guest.read("made")).isEmpty();
    }

    /** As a volume of a ConfigMap is made. */
    @Test
    void linksThatStayInsideAreFollowed() throws IOException {
        Files.createDirectory(own.resolve("..2026"));
        Files.writeString(own.resolve("..2026/key"), "value");
        Files.createSymbolicLink(own.resolve("..data"), Path.of("..2026"));
        Files.createSymbolicLink(own.resolve("key"), Path.of("..data/key"));
        assertThat(guest.read("key")).isEqualTo("value");
        assertThat(guest.read("dir/../key")).isEqualTo("value");
        assertThat(guest.open(0, 0, "key", 0, READ)).isEqualTo(WasiErrno.LOOP);
        assertThat(guest.readLink("key")).isEqualTo("..data/key");
        assertThat(guest.status("key", 0)).isZero();
        assertThat(guest.type()).isEqualTo(LINK);
        assertThat(guest.status("key", 1)).isZero();
        assertThat(guest.type()).isEqualTo(FILE);
    }

    @Test
    void namesAreMadeMovedAndRemoved() {
        assertThat(guest.call("path_create_directory", 0, "new/")).isZero();
        assertThat(guest.call("path_rename", 0, "dir/file", 0, "new/file")).isZero();
        assertThat(guest.call("path_link", 0, 0, "new/file", 0, "again")).isZero();
        assertThat(guest.call("path_symlink", "again", 0, "link")).isZero();
        assertThat(guest.call("path_link", 0, 1, "link", 0, "third")).isZero();
        assertThat(own.resolve("third")).isRegularFile().hasContent("contents");
        assertThat(guest.call("path_remove_directory", 0, "new")).isEqualTo(55);
        for (var name : new String[] {"new/file", "again", "link", "third"}) {
            assertThat(guest.call("path_unlink_file", 0, name)).as(name).isZero();
        }
        assertThat(guest.call("path_unlink_file", 0, "new")).isEqualTo(WasiErrno.IS_DIRECTORY);
        assertThat(guest.call("path_remove_directory", 0, "new")).isZero();
        assertThat(guest.call("path_rename", 0, "dir/", 0, "moved/")).isZero();
        assertThat(own.toFile().list()).containsExactly("moved");
    }

    @Test
    void aDirectoryThatIsOpenIsItselfWhereverItIsMoved() {
        assertThat(guest.open("dir", DIRECTORY, READ)).isZero();
        int directory = guest.result();
        assertThat(guest.call("path_rename", 0, "dir", 0, "moved")).isZero();
        assertThat(guest.open(directory, 1, "file", 0, READ)).isZero();
        assertThat(guest.readOpen(guest.result())).isEqualTo("contents");
        assertThat(guest.open(directory, 1, "../moved/file", 0, READ))
                .as("beneath the directory, not beneath the preopen")
                .isEqualTo(WasiErrno.NOT_CAPABLE);
        assertThat(guest.open("moved/file", DIRECTORY, READ)).isEqualTo(WasiErrno.NOT_DIRECTORY);
        assertThat(guest.open("moved/file/", 0, READ)).isEqualTo(WasiErrno.NOT_DIRECTORY);
        assertThat(guest.open("moved", 0, WRITE)).isEqualTo(WasiErrno.IS_DIRECTORY);
    }

    @Test
    void allNamesOfADirectoryAreListedHoweverLittleIsReadAtATime() throws IOException {
        for (int i = 0; i < 500; i++) {
            Files.createFile(own.resolve("dir/entry-" + i));
        }
        assertThat(guest.open("dir", DIRECTORY, READ)).isZero();
        int directory = guest.result();
        var expected = IntStream.range(0, 500).mapToObj(i -> "entry-" + i).toArray(String[]::new);
        for (int room : new int[] {64, 4096}) {
            assertThat(guest.list(directory, room))
                    .hasSize(503)
                    .contains(expected)
                    .contains(".", "..", "file");
        }
    }

    @Test
    void aReadOnlyDirectoryRefusesEveryChangeAndWhatIsOpenedInItToo() {
        int fixed = guest.add(own, true);
        assertThat(guest.call("path_create_directory", fixed, "new")).isEqualTo(69);
        assertThat(guest.call("path_unlink_file", fixed, "dir/file")).isEqualTo(69);
        assertThat(guest.call("path_remove_directory", fixed, "dir")).isEqualTo(69);
        assertThat(guest.call("path_rename", fixed, "dir", 0, "moved")).isEqualTo(69);
        assertThat(guest.call("path_rename", 0, "dir", fixed, "moved")).isEqualTo(69);
        assertThat(guest.call("path_link", fixed, 0, "dir/file", 0, "new")).isEqualTo(69);
        assertThat(guest.call("path_symlink", "dir", fixed, "new")).isEqualTo(69);
        assertThat(guest.call("path_filestat_set_times", fixed, 1, "dir", 0, 0, 5)).isEqualTo(69);
        assertThat(guest.open(fixed, 1, "new", CREATE, READ)).isEqualTo(69);
        assertThat(guest.open(fixed, 1, "dir/file", TRUNCATE, READ)).isEqualTo(69);
        assertThat(guest.open(fixed, 1, "dir/file", 0, WRITE)).isEqualTo(69);
        assertThat(guest.open(fixed, 1, "dir", DIRECTORY, READ)).isZero();
        assertThat(guest.open(guest.result(), 1, "file", 0, WRITE)).isEqualTo(69);
        assertThat(guest.open(fixed, 1, "dir/file", 0, READ)).isZero();
        int file = guest.result();
        assertThat(guest.call("fd_filestat_set_size", file, 0)).isEqualTo(69);
        assertThat(guest.call("fd_allocate", file, 0, 1)).isEqualTo(69);
        assertThat(guest.call("fd_filestat_set_times", file, 0, 0, 5)).isEqualTo(69);
        assertThat(own.resolve("dir/file")).hasContent("contents");
    }

    @Test
    void timesAreSet() {
        assertThat(guest.call("path_filestat_set_times", 0, 1, "dir/file", 0, 1_500_000_000L, 4))
                .isZero();
        assertThat(guest.status("dir/file", 1)).isZero();
        assertThat(guest.modified()).isEqualTo(1_500_000_000L);
        assertThat(guest.open("dir/file", 0, READ | WRITE)).isZero();
        int file = guest.result();
        assertThat(guest.call("fd_filestat_set_times", file, 0, 3_000_000_001L, 4)).isZero();
        assertThat(guest.statusOpen(file)).isZero();
        assertThat(guest.modified()).isEqualTo(3_000_000_001L);
        assertThat(guest.call("fd_filestat_set_times", file, 0, 0, 12))
                .isEqualTo(WasiErrno.INVALID);
    }

    /** One call may name 1024 times 4 GiB. */
    @Test
    void whatMovesManyPartsIsEndedBetweenThem() {
        assertThat(guest.open("dir/file", 0, READ | WRITE)).isZero();
        int file = guest.result();
        isEnded(() -> guest.readOpen(file));
        isEnded(() -> guest.write(file, "more"));
        var random =
                Objects.requireNonNull(
                        new SystemFunctions(InstantSource.system()).functions().get("random_get"));
        isEnded(() -> random.call(new ArrayMemory(8), new long[] {0, 8}));
        assertThat(guest.readOpen(file)).isEqualTo("contents");
    }

    private static void isEnded(ThrowingCallable call) {
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(GuestInterruptedException.class).isThrownBy(call);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aNumberThatIsTakenOverIsClosed() {
        assertThat(guest.open("dir/file", 0, READ)).isZero();
        int first = guest.result();
        assertThat(guest.open("dir", DIRECTORY, READ)).isZero();
        int second = guest.result();
        assertThat(guest.call("fd_renumber", first, second)).isZero();
        assertThat(guest.readOpen(second)).isEqualTo("contents");
        assertThat(guest.readOpen(first)).isEqualTo("errno " + WasiErrno.BAD_DESCRIPTOR);
        assertThat(guest.call("fd_close", -1)).isEqualTo(WasiErrno.BAD_DESCRIPTOR);
    }
}
