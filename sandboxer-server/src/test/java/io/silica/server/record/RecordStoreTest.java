// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.server.config.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordStoreTest {
    private static final RecordFormat<Kettle> FORMAT =
            new RecordFormat<>("kettle", 1, Kettle.FORM, new ByteSize(200));
    private static final SandboxId A = new SandboxId("a");
    private static final SandboxId B = new SandboxId("b");

    @TempDir private Path temp;

    @Test
    void whatWasSavedIsLoadedAfterARestart() {
        open().save(B, new Kettle(2));
        open().save(A, new Kettle(1));
        open().save(A, new Kettle(3));

        assertThat(open().load())
                .containsExactly(
                        new LoadedRecord.Usable<>(A, new Kettle(3)),
                        new LoadedRecord.Usable<>(B, new Kettle(2)));
    }

    @Test
    void whatWasDeletedIsGone() {
        var store = open();
        store.save(A, new Kettle(1));

        store.delete(A);
        store.delete(A);

        assertThat(store.load()).isEmpty();
    }

    @Test
    void filesAndDirectoriesAreOurs() throws IOException {
        open().save(A, new Kettle(1));

        assertThat(mode(directory())).isEqualTo("rwx------");
        assertThat(mode(file("a.json"))).isEqualTo("rw-------");
    }

    @Test
    void aDirectoryOpenToOthersIsClosedToThem() throws IOException {
        Files.createDirectory(directory());
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxrwxrwx"));

        open();

        assertThat(mode(directory())).isEqualTo("rwx------");
    }

    @Test
    void aDirectoryBehindALinkIsRefused() throws IOException {
        Files.createSymbolicLink(directory(), Files.createDirectory(temp.resolve("elsewhere")));

        assertThatThrownBy(this::open)
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessageEndingWith("it is not a directory");
    }

    @Test
    void unfinishedWritesAreRemoved() throws IOException {
        open().save(A, new Kettle(1));
        Files.writeString(file(".a.json.7.tmp"), "{\"version\":1,");

        assertThat(open().load()).hasSize(1);
        assertThat(names()).containsExactly("a.json");
    }

    @Test
    void aRecordCutShortIsKeptAsideAndHindersNoOther() throws IOException {
        var store = open();
        store.save(A, new Kettle(1));
        store.save(B, new Kettle(2));
        byte[] cut = "{\"version\":1,".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Files.write(file("a.json"), cut);

        assertThat(open().load())
                .containsExactly(
                        new LoadedRecord.Quarantined<>(
                                "a.json", "it does not begin as a record does", kept("a.json")),
                        new LoadedRecord.Usable<>(B, new Kettle(2)));
        assertThat(kept("a.json")).hasBinaryContent(cut);
        assertThat(mode(directory().resolve("quarantine"))).isEqualTo("rwx------");
        assertThat(open().load()).containsExactly(new LoadedRecord.Usable<>(B, new Kettle(2)));
    }

    @Test
    void nothingInQuarantineIsReplaced() throws IOException {
        for (var content : List.of("one", "two", "three")) {
            open();
            Files.writeString(file("a.json"), content);
            open().load();
        }

        assertThat(kept("a.json")).hasContent("one");
        assertThat(kept("a.json.1")).hasContent("two");
        assertThat(kept("a.json.2")).hasContent("three");
    }

    @Test
    void aSymbolicLinkIsNotFollowed() throws IOException {
        open().save(A, new Kettle(1));
        var target = Files.move(file("a.json"), temp.resolve("target"));
        Files.createSymbolicLink(file("a.json"), target);

        assertQuarantined("it is a symbolic link");
        assertThat(kept("a.json")).isSymbolicLink();
        assertThat(target).exists();
    }

    @Test
    void aFifoIsNotOpened() throws IOException, InterruptedException {
        open();
        assertThat(new ProcessBuilder("mkfifo", file("a.json").toString()).start().waitFor())
                .isZero();

        assertQuarantined("it is not a regular file");
    }

    @Test
    void aDirectoryIsNoRecord() throws IOException {
        open();
        Files.createDirectory(file("a.json"));

        assertQuarantined("it is not a regular file");
    }

    @Test
    void aFileOfAnotherUserIsNotTrusted() throws IOException {
        assumeTrue(PrivateDirectory.isOurs(Path.of("/")), "only root can give files away");
        open().save(A, new Kettle(1));
        Files.setAttribute(file("a.json"), "unix:uid", 12_345);

        assertQuarantined("it belongs to another user");
    }

    @Test
    void aFileThatOthersMayWriteIsNotTrusted() throws IOException {
        open().save(A, new Kettle(1));
        Files.setPosixFilePermissions(file("a.json"), PosixFilePermissions.fromString("rw-rw----"));

        assertQuarantined("others may write it");
    }

    @Test
    void aHugeFileIsNotReadToItsEnd() throws IOException {
        open();
        try (var file = new java.io.RandomAccessFile(file("a.json").toFile(), "rw")) {
            file.setLength(1L << 40);
        }

        assertQuarantined("it has more than 200 bytes");
    }

    @Test
    void aFileThatNamesNoSandboxIsKeptAside() throws IOException {
        open();
        Files.writeString(file("..x.json"), "");

        assertThat(open().load())
                .containsExactly(
                        new LoadedRecord.Quarantined<>(
                                "..x.json", "its name is not that of a sandbox", kept("..x.json")));
    }

    @Test
    void aRecordThatIsTooLargeIsRefusedAndTheOneBeforeKept() {
        var store = open();
        store.save(A, new Kettle("small", 1, List.of()));

        assertThatThrownBy(() -> store.save(A, new Kettle("x".repeat(200), 1, List.of())))
                .isInstanceOf(SandboxException.Exhausted.class)
                .hasMessageContaining("sandbox \"a\"")
                .hasMessageContaining("more than 200B");

        assertThat(store.load())
                .containsExactly(new LoadedRecord.Usable<>(A, new Kettle("small", 1, List.of())));
    }

    @Test
    void aWriteThatFailsLeavesNothingBehind() throws IOException {
        var store = open();
        Files.createDirectories(file("a.json").resolve("occupied"));

        assertThatThrownBy(() -> store.save(A, new Kettle(1)))
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessageStartingWith("cannot save the record of sandbox \"a\"");

        assertThat(names()).containsExactly("a.json");
    }

    private void assertQuarantined(String reason) {
        assertThat(open().load())
                .containsExactly(new LoadedRecord.Quarantined<>("a.json", reason, kept("a.json")));
        assertThat(open().load()).isEmpty();
    }

    private RecordStore<Kettle> open() {
        return RecordStore.open(directory(), FORMAT);
    }

    private Path directory() {
        return temp.resolve("sandboxes");
    }

    private Path file(String name) {
        return directory().resolve(name);
    }

    private Path kept(String name) {
        return directory().resolve("quarantine").resolve(name);
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory())) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
