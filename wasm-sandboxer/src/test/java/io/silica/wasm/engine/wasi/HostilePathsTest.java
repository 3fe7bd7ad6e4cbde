// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFlag;
import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest tries to leave its directory, beside which its neighbour's is. */
@LeakCheck
final class HostilePathsTest {
    private static final String REFUSED = "errno " + WasiErrno.NOT_CAPABLE;
    private static final int SWAPS = 3000;

    @TempDir Path host;
    private Path own;
    private Path neighbour;
    private GuestFiles guest;

    @BeforeEach
    void begin() throws IOException {
        own = Files.createDirectories(host.resolve("own"));
        neighbour = Files.createDirectories(host.resolve("neighbour"));
        Files.writeString(neighbour.resolve("file"), "secret");
        Files.createDirectory(own.resolve("dir"));
        Files.writeString(own.resolve("dir/file"), "own");
        guest = new GuestFiles(own);
    }

    @AfterEach
    void end() {
        guest.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "../neighbour/file",
                "dir/../../neighbour/file",
                "dir/../../own/dir/file",
                "/etc/passwd",
                "/proc/self/root/etc/passwd"
            })
    void aPathDoesNotLeadOut(String path) {
        assertThat(guest.read(path)).isEqualTo(REFUSED);
        assertThat(guest.status(path, 0)).isEqualTo(WasiErrno.NOT_CAPABLE);
        assertThat(guest.status(path, 1)).isEqualTo(WasiErrno.NOT_CAPABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../neighbour/file",
                "../../own/../neighbour/file",
                "/etc/passwd",
                "/proc/self/root/etc/passwd",
                "/proc/self/cwd",
                "/proc/self/fd/0",
                "dir/../../neighbour/file"
            })
    void aLinkDoesNotLeadOut(String target) throws IOException {
        Files.createSymbolicLink(own.resolve("link"), Path.of(target));
        assertThat(guest.read("link")).isEqualTo(REFUSED);
        assertThat(guest.status("link", 1)).isEqualTo(WasiErrno.NOT_CAPABLE);
        assertThat(guest.status("link", 0)).as("the link itself").isZero();
        assertThat(guest.open("link", GuestFiles.CREATE, GuestFiles.WRITE))
                .isEqualTo(WasiErrno.NOT_CAPABLE);
    }

    @Test
    void aLinkToADescriptorOfTheWorkerIsNoWayToIt() throws IOException {
        try (var theirs = Descriptor.open(neighbour, OpenFlag.PATH, OpenFlag.DIRECTORY)) {
            var target = Path.of("/proc/self/fd/" + theirs.number());
            Files.createSymbolicLink(own.resolve("link"), target);
            assertThat(own.resolve("link/file")).as("by Java's calls").hasContent("secret");
            assertThat(guest.read("link/file")).isEqualTo(REFUSED);
        }
    }

    /** Were proc in a volume, its links, which are none to the kernel, would lead everywhere. */
    @ParameterizedTest
    @ValueSource(strings = {"root/etc/passwd", "cwd/pom.xml", "exe"})
    void aMagicLinkIsNotFollowed(String path) {
        try (var proc = new GuestFiles(Path.of("/proc/self"))) {
            assertThat(proc.read(path)).isEqualTo("errno " + WasiErrno.LOOP);
        }
    }

    @Test
    void nothingIsChangedThroughALinkThatLeadsOut() throws IOException {
        Files.createSymbolicLink(own.resolve("out"), neighbour);
        Files.createSymbolicLink(own.resolve("up"), Path.of("../neighbour"));
        Files.writeString(own.resolve("mine"), "mine");
        for (var out : new String[] {"out", "up", ".."}) {
            assertThat(guest.call("path_create_directory", 0, out + "/new")).isEqualTo(76);
            assertThat(guest.call("path_unlink_file", 0, out + "/file")).isEqualTo(76);
            assertThat(guest.call("path_remove_directory", 0, out + "/file")).isEqualTo(76);
            assertThat(guest.call("path_rename", 0, out + "/file", 0, "got")).isEqualTo(76);
            assertThat(guest.call("path_rename", 0, "mine", 0, out + "/file")).isEqualTo(76);
            assertThat(guest.call("path_link", 0, 0, out + "/file", 0, "got")).isEqualTo(76);
            assertThat(guest.call("path_link", 0, 1, out + "/file", 0, "got")).isEqualTo(76);
            assertThat(guest.call("path_link", 0, 0, "mine", 0, out + "/new")).isEqualTo(76);
            assertThat(guest.call("path_symlink", "mine", 0, out + "/new")).isEqualTo(76);
            assertThat(guest.call("path_filestat_set_times", 0, 1, out + "/file", 0, 0, 5))
                    .isEqualTo(76);
            assertThat(guest.open(out + "/new", GuestFiles.CREATE, GuestFiles.WRITE)).isEqualTo(76);
            assertThat(guest.readLink(out + "/file")).isEqualTo(REFUSED);
        }
        assertThat(neighbour).isDirectoryContaining(file -> file.endsWith("file"));
        assertThat(neighbour.resolve("file")).hasContent("secret");
        assertThat(neighbour.toFile().list()).containsExactly("file");
    }

    /** A slash at the end makes the kernel follow a link where it would not otherwise. */
    @Test
    void aSlashAtTheEndMakesNoDifference() throws IOException {
        Files.createSymbolicLink(own.resolve("up"), Path.of("../neighbour"));
        Files.createSymbolicLink(own.resolve("new"), Path.of("../neighbour/new"));
        assertThat(guest.call("path_create_directory", 0, "new/")).isEqualTo(WasiErrno.EXISTS);
        assertThat(guest.call("path_remove_directory", 0, "up/"))
                .isEqualTo(WasiErrno.NOT_DIRECTORY);
        assertThat(guest.call("path_unlink_file", 0, "up/")).isEqualTo(WasiErrno.NOT_CAPABLE);
        assertThat(guest.open(0, 0, "up/", GuestFiles.DIRECTORY, GuestFiles.READ))
                .isEqualTo(WasiErrno.NOT_CAPABLE);
        assertThat(neighbour.toFile().list()).containsExactly("file");
    }

    @Test
    void aLinkThatIsAbsoluteIsNotMade() {
        assertThat(guest.call("path_symlink", "/etc/passwd", 0, "link"))
                .isEqualTo(WasiErrno.NOT_CAPABLE);
        assertThat(own.resolve("link")).doesNotExist();
    }

    @Test
    void aLinkThatIsSwappedMeanwhileLeadsNowhere() throws Exception {
        var swapper = swapper();
        var seen = new HashSet<String>();
        for (int i = 0; i < SWAPS; i++) {
            seen.add(guest.read("name/file"));
            seen.add(guest.read("name/../name/file"));
        }
        swapper.interrupt();
        swapper.join();
        assertThat(seen)
                .contains("own")
                .isSubsetOf("own", REFUSED, "errno " + WasiErrno.NO_ENTRY, "errno 6");
    }

    @Test
    void nothingIsChangedThroughALinkThatIsSwappedMeanwhile() throws Exception {
        Files.writeString(own.resolve("mine"), "mine");
        var swapper = swapper();
        int done = 0;
        for (int i = 0; i < SWAPS / 4; i++) {
            done += succeeded(guest.open("name/new", GuestFiles.CREATE, GuestFiles.WRITE));
            done += succeeded(guest.call("path_unlink_file", 0, "name/new"));
            done += succeeded(guest.call("path_create_directory", 0, "name/made"));
            done += succeeded(guest.call("path_remove_directory", 0, "name/made"));
            done += succeeded(guest.call("path_rename", 0, "mine", 0, "name/mine"));
            done += succeeded(guest.call("path_rename", 0, "name/mine", 0, "mine"));
            done += succeeded(guest.call("path_symlink", "mine", 0, "name/link"));
            done += succeeded(guest.call("path_unlink_file", 0, "name/link"));
            guest.call("path_unlink_file", 0, "name/file");
        }
        swapper.interrupt();
        swapper.join();
        assertThat(done).as("some came through where they may").isPositive();
        assertThat(neighbour.toFile().list()).containsExactly("file");
        assertThat(neighbour.resolve("file")).hasContent("secret");
    }

    /** What was opened is closed, for there is a bound. */
    private int succeeded(int errno) {
        guest.call("fd_close", 1);
        return errno == 0 ? 1 : 0;
    }

    /** Puts a directory and a link that leads out under one name by turns, until interrupted. */
    private Thread swapper() throws IOException {
        var directory = Files.createDirectory(host.resolve("directory"));
        Files.writeString(directory.resolve("file"), "own");
        var link = Files.createSymbolicLink(host.resolve("link"), neighbour);
        var name = own.resolve("name");
        Files.move(directory, name);
        return Thread.ofPlatform()
                .name("swapper")
                .start(() -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        swap(name, directory);
                        swap(link, name);
                        swap(name, link);
                        swap(directory, name);
                    }
                });
    }

    private static void swap(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsNeitherAFileNorADirectoryIsNotOpened() throws Exception {
        var fifo = own.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        assertThat(guest.read("fifo")).isEqualTo("errno " + WasiErrno.NOT_SUPPORTED);
        assertThat(guest.open("fifo", 0, GuestFiles.WRITE)).isEqualTo(WasiErrno.NOT_SUPPORTED);
        try (var devices = new GuestFiles(Path.of("/dev"))) {
            assertThat(devices.read("zero")).isEqualTo("errno " + WasiErrno.NOT_SUPPORTED);
        }
    }

    @Test
    void aGuestHasABoundedNumberOfDescriptors() {
        int errno = 0;
        int opened = 0;
        while (errno == 0 && opened <= DescriptorTable.MOST) {
            errno = guest.open("dir/file", 0, GuestFiles.READ);
            opened++;
        }
        assertThat(errno).isEqualTo(WasiErrno.TOO_MANY_FILES);
        assertThat(guest.call("fd_close", 1)).isZero();
        assertThat(guest.open("dir/file", 0, GuestFiles.READ)).isZero();
        assertThat(guest.result()).isEqualTo(1);
    }

    @Test
    void aPathThatCannotBeOneIsRefused() {
        assertThat(guest.read("")).isEqualTo("errno " + WasiErrno.NO_ENTRY);
        assertThat(guest.read("dir\0/file")).isEqualTo("errno " + WasiErrno.INVALID);
        assertThat(guest.read("x".repeat(256))).isEqualTo("errno " + WasiErrno.NAME_TOO_LONG);
        assertThat(guest.read("x/".repeat(2048))).isEqualTo("errno " + WasiErrno.NAME_TOO_LONG);
        assertThat(guest.open(new byte[] {(byte) 0xFF}, 0, GuestFiles.READ))
                .isEqualTo(WasiErrno.ILLEGAL_BYTES);
        assertThat(guest.call("path_create_directory", 0, "dir/.")).isEqualTo(WasiErrno.INVALID);
        assertThat(guest.call("path_unlink_file", 0, "dir/..")).isEqualTo(WasiErrno.INVALID);
    }
}
