// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.NamedPipe;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.wasm.Preopen;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the worker is handed, tried without any of the worker's own checks. */
@LeakCheck
final class ContainerFilesTest {
    @TempDir Path directory;
    private Path rootfs;
    private Path volume;
    private @Nullable ContainerFiles files;

    @BeforeEach
    void begin() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounts");
        rootfs = Files.createDirectory(directory.resolve("rootfs"));
        Files.createFile(rootfs.resolve("app.wasm"));
        volume = Files.createDirectory(directory.resolve("volume"));
        Files.writeString(volume.resolve("file"), "contents");
        open(bind(volume, "/data"));
    }

    private void open(MountSpec... mounts) {
        end();
        files = ContainerFiles.open(config(List.of(mounts)), List::of);
    }

    @AfterEach
    void end() {
        if (files != null) {
            files.close();
            files = null;
        }
    }

    @Test
    void whatIsAboveADirectoryCannotBeReachedFromIt() throws IOException {
        for (var preopen : preopens()) {
            var root = path(preopen.getDirectory());
            assertThat(Files.isSameFile(root.resolve(".."), root)).isTrue();
            assertThat(root.resolve("../volume")).doesNotExist();
        }
    }

    @Test
    void aReadOnlyDirectoryIsSoToTheKernelAndTheOtherIsNot() throws IOException {
        var root = place("/");
        var written = place("/data");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Files.createFile(root.resolve("new")))
                .withMessageContaining("Read-only");
        Files.writeString(written.resolve("new"), "new");
        assertThat(volume.resolve("new")).hasContent("new");
    }

    @Test
    void aDeviceInAVolumeIsNone() throws Exception {
        var device = volume.resolve("zero");
        var mknod = new ProcessBuilder("mknod", device.toString(), "c", "1", "5").start();
        assumeTrue(mknod.waitFor() == 0, "makes devices");
        var given = place("/data").resolve("zero");
        assertThat(given).exists();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> Files.newByteChannel(given));
    }

    @Test
    void aProgramInAVolumeGivesNobodyItsOwnersRights() throws Exception {
        var program = Files.copy(Path.of("/usr/bin/id"), volume.resolve("id"));
        Files.setAttribute(program, "unix:uid", 1000);
        Files.setAttribute(program, "unix:mode", 04755);
        assumeTrue(user(program).equals("1000"), "there are programs that give rights here");
        assertThat(user(place("/data").resolve("id"))).isEqualTo("0");
    }

    /** Who a program runs as that tells it. */
    private static String user(Path program) throws IOException {
        var pid = Long.toString(ProcessHandle.current().pid());
        var seen = program.toString().replace("/proc/self/", "/proc/" + pid + "/");
        try (var told = new ProcessBuilder(seen, "-u").start().inputReader()) {
            return told.readLine();
        }
    }

    @Test
    void nothingIsMountedWhereOthersSeeIt() throws IOException {
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(directory.toString());
    }

    @Test
    void aFileIsInItsPlaceAndChangedOnlyWhereItMayBe() throws IOException {
        var hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost");
        var log = Files.createFile(directory.resolve("log"));
        open(
                new MountSpec("bind", hosts.toString(), "/etc/hosts", List.of("bind", "ro")),
                bind(log, "/dev/termination-log"));

        assertThat(place("/").resolve("etc/hosts")).hasContent("127.0.0.1 localhost");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Files.writeString(place("/").resolve("etc/hosts"), "other"))
                .withMessageContaining("Read-only");
        Files.writeString(place("/").resolve("dev/termination-log"), "because");
        assertThat(log).hasContent("because");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Files.createFile(place("/").resolve("etc/other")));
        assertThat(preopen("/").getReadOnly()).as("all of it").isFalse();
        assertThat(rootfs.resolve("etc/hosts")).as("what is covered").isEmptyFile();
    }

    @Test
    void aFileIsInTheVolumeThatItsPathLeadsInto() throws IOException {
        var key = Files.writeString(directory.resolve("key"), "secret");
        open(bind(volume, "/data"), bind(key, "/data/../data/deep/key"));

        assertThat(place("/data").resolve("deep/key")).hasContent("secret");
        assertThat(volume.resolve("deep/key")).isEmptyFile();
        assertThat(rootfs.resolve("data")).doesNotExist();
    }

    @Test
    void noPlaceForAFileIsMadeInAVolumeThatIsReadOnly() throws IOException {
        var key = Files.writeString(directory.resolve("key"), "secret");
        var readOnly = new MountSpec("bind", volume.toString(), "/data", List.of("rbind", "ro"));
        for (var missing : List.of("/data/new", "/data/deep/new")) {
            assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                    .isThrownBy(() -> open(readOnly, bind(key, missing)))
                    .withMessageContainingAll("new", "/data", "read-only");
        }
        assertThat(volume).isDirectoryNotContaining("glob:**{new,deep}");

        open(readOnly, bind(key, "/data/file"));
        assertThat(place("/data").resolve("file")).hasContent("secret");
        assertThat(volume.resolve("file")).hasContent("contents");
    }

    @Test
    void whatIsMountedLaterCoversWhatIsBeneathIt() throws IOException {
        var inner = Files.createDirectory(directory.resolve("inner"));
        open(bind(inner, "/data/inner"), bind(inner, "/datas"), bind(volume, "/data"));
        assertThat(preopens().stream().map(Preopen::getGuestPath))
                .containsExactly("/", "/datas", "/data");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/file", "/up/file", "/file-link", "/../../outside/file"})
    void noLinkOfAnImageLeadsAFileOutOfIt(String destination) throws IOException {
        var outside = Files.createDirectory(directory.resolve("outside"));
        var file = Files.writeString(directory.resolve("key"), "secret");
        Files.createSymbolicLink(rootfs.resolve("etc"), outside);
        Files.createSymbolicLink(rootfs.resolve("up"), Path.of("../outside"));
        Files.createSymbolicLink(rootfs.resolve("file-link"), outside.resolve("new"));
        try {
            open(bind(file, destination));
        } catch (SandboxException.InvalidArgument e) {
            assertThat(e).hasMessageContaining("c1");
        }
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void aFileOverADirectoryIsRefusedInWords() {
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() ->
                        open(bind(volume, "/data"), bind(volume.resolve("file"), "/data/dir/..")))
                .withMessageContaining("/data");
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> {
                    Files.createDirectory(rootfs.resolve("dir"));
                    open(bind(volume.resolve("file"), "/dir"));
                })
                .withMessageContaining("/dir, which is a directory");
    }

    @Test
    void whatIsNeitherFileNorDirectoryIsWhatItIs() throws Exception {
        var fifo = directory.resolve("fifo");
        NamedPipe.make(fifo);
        open(bind(fifo, "/fifo"), bind(Path.of("/dev/zero"), "/zero"));
        assertThat(Files.isRegularFile(place("/").resolve("fifo"))).isFalse();
        var zero = place("/").resolve("zero");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> Files.newByteChannel(zero));
    }

    @Test
    void aChangedConfigMapIsSeen() throws IOException {
        var old = Files.createDirectory(volume.resolve("..1"));
        Files.writeString(old.resolve("key"), "old");
        var changed = Files.createDirectory(volume.resolve("..2"));
        Files.writeString(changed.resolve("key"), "changed");
        Files.createSymbolicLink(volume.resolve("key"), Path.of("..data/key"));
        Files.createSymbolicLink(volume.resolve("..data"), Path.of("..1"));
        open(bind(volume, "/data"));
        assertThat(place("/data").resolve("key")).hasContent("old");

        var link = Files.createSymbolicLink(volume.resolve("..data_tmp"), Path.of("..2"));
        Files.move(link, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

        assertThat(place("/data").resolve("key")).hasContent("changed");
    }

    @Test
    void filesInMemoryAreBoundedAndTheKernelsAreNotThere() throws IOException {
        open(
                new MountSpec("tmpfs", "tmpfs", "/run", List.of("nosuid", "mode=700")),
                new MountSpec("tmpfs", "tmpfs", "/cache", List.of("size=1m", "ro")),
                new MountSpec("tmpfs", "tmpfs", "/dev", List.of()),
                new MountSpec("tmpfs", "shm", "/dev/shm", List.of()),
                new MountSpec("proc", "proc", "/proc", List.of()));

        assertThat(preopens().stream().map(Preopen::getGuestPath))
                .containsExactly("/", "/run", "/cache");
        Files.writeString(place("/run").resolve("new"), "new");
        assertThat(Files.getFileStore(place("/run")).getTotalSpace()).isEqualTo(64 << 20);
        assertThat(Files.getFileStore(place("/cache")).getTotalSpace()).isEqualTo(1 << 20);
        assertThat(preopen("/cache").getReadOnly()).isTrue();
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(
                        () -> open(new MountSpec("tmpfs", "", "/run", List.of("size=1m,mode=x"))))
                .withMessageContaining("size=1m,mode=x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/proc", "/dev", "/proc/self/cwd"})
    void whateverDirectoryOfTheHostIsMountedHasNoDevicesForAGuest(String source) throws Exception {
        open(bind(Path.of(source), "/host"));
        assertThat(preopens()).hasSize(2);
        try (var place = Files.newDirectoryStream(place("/host"))) {
            assertThat(place).isNotEmpty();
        }
        var zero = source.equals("/") ? "dev/zero" : "zero";
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Files.newByteChannel(place("/host").resolve(zero)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "dangling", "loop", "relative", "file/below", "surrogate"})
    void aSourceThatIsNoneIsRefusedInWords(String source) throws IOException {
        Files.createSymbolicLink(volume.resolve("dangling"), Path.of("nothing"));
        Files.createSymbolicLink(volume.resolve("loop"), Path.of("loop"));
        var named =
                switch (source) {
                    case "relative" -> source;
                    case "surrogate" -> volume + "/\ud800";
                    default -> volume + "/" + source;
                };
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> open(new MountSpec("bind", named, "/data", List.of("rbind"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a,b:c\nd", "/-o=remount", "/\"quoted\"", "/\u00fc/\u732b"})
    void aDestinationIsAPathAndNothingElse(String destination) throws IOException {
        open(bind(volume, destination), bind(volume.resolve("file"), destination + "-file"));
        assertThat(preopen(destination).getGuestPath()).isEqualTo(destination);
        assertThat(place("/").resolve(destination.substring(1) + "-file")).hasContent("contents");
    }

    @Test
    void aDestinationThatIsNoNameIsRefusedInWords() {
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> open(bind(volume.resolve("file"), "/" + "x".repeat(256))))
                .withMessageContaining("name too long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "file"})
    void fiveThousandMountsAreRefusedBeforeTheyAreMade(String source) {
        var mounts =
                IntStream.range(0, 5000)
                        .mapToObj(i -> bind(volume.resolve(source), "/m" + i))
                        .toArray(MountSpec[]::new);
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> open(mounts))
                .withMessageMatching("container \"c1\" has more than \\d+ .*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/missing", "/rootfs", "/hosts", "/dangling", "dev/null"})
    void aStreamThatIsNoFifoIsRefusedInWords(String stream) throws IOException {
        Files.writeString(directory.resolve("hosts"), "");
        Files.createSymbolicLink(directory.resolve("dangling"), Path.of("nothing"));
        var path = stream.startsWith("/") ? directory + stream : "/" + stream;
        var config = config(List.of(), new Stdio("", path, "", false));
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> ContainerFiles.open(config, List::of))
                .withMessageContainingAll("c1", path);
    }

    private List<Preopen> preopens() {
        return Objects.requireNonNull(files).description().getPreopensList();
    }

    private Preopen preopen(String guestPath) {
        return preopens().stream()
                .filter(it -> it.getGuestPath().equals(guestPath))
                .findAny()
                .orElseThrow();
    }

    private Path place(String guestPath) {
        return path(preopen(guestPath).getDirectory());
    }

    private Path path(int descriptor) {
        var opened = Objects.requireNonNull(files).descriptors().get(descriptor);
        return Path.of("/proc/self/fd/" + opened.number());
    }

    private static MountSpec bind(Path source, String destination) {
        return new MountSpec("bind", source.toString(), destination, List.of("rbind", "rw"));
    }

    private ContainerConfig config(List<MountSpec> mounts) {
        return config(mounts, Stdio.NONE);
    }

    private ContainerConfig config(List<MountSpec> mounts, Stdio stdio) {
        var process =
                new ProcessSpec(List.of("/app.wasm"), List.of(), "/", ProcessSpec.User.ROOT, false);
        var spec =
                new OciSpec(
                        process,
                        true,
                        Optional.empty(),
                        mounts,
                        Map.of(),
                        Optional.empty(),
                        new Resources(0, 0, 0, 0),
                        "{}");
        return new ContainerConfig(
                new ContainerId("c1"), new SandboxId("s1"), directory, rootfs, spec, stdio);
    }
}
