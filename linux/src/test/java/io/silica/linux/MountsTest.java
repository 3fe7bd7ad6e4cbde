// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeakCheck
class MountsTest {
    private final Path directory;
    private final Path source;
    private final Path target;

    MountsTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        source = Files.createDirectory(directory.resolve("source"));
        target = Files.createDirectory(directory.resolve("target"));
    }

    @BeforeEach
    void needsPrivilege() {
        assumeTrue(Privilege.canMount(), "mounting needs CAP_SYS_ADMIN");
    }

    @AfterEach
    void unmountAll() {
        MountTable.read().below(directory).forEach(mount -> Mounts.detach(mount.point()));
    }

    @Test
    void aBindWithFlagsHasThem() throws IOException {
        Files.createFile(source.resolve("file"));
        Mounts.mount(
                "bind", source.toString(), target, List.of("rbind", "ro", "nosuid", "rprivate"));
        assertThat(target.resolve("file")).exists();
        assertThat(mount().options()).contains("ro", "nosuid");
        assertThatThrownBy(() -> Files.createFile(target.resolve("new")))
                .isInstanceOf(FileSystemException.class);
        Files.createFile(source.resolve("new"));
        Mounts.unmount(target);
        assertThat(MountTable.read().at(target)).isEmpty();
    }

    @Test
    void anUnknownOptionGoesToTheFileSystem() {
        Mounts.mount("tmpfs", "tmpfs", target, List.of("nodev", "noexec", "size=64k", "mode=700"));
        assertThat(mount().options()).contains("nodev", "noexec");
        assertThat(mount().superOptions()).contains("size=64k", "mode=700");
    }

    @Test
    void aMissingTargetIsNamed() {
        var missing = directory.resolve("missing");
        assertThatThrownBy(() -> Mounts.mount("tmpfs", "tmpfs", missing, List.of()))
                .asInstanceOf(type(LinuxException.class))
                .returns("mount", LinuxException::call)
                .returns(missing.toString(), LinuxException::subject)
                .returns(Errno.ENOENT, LinuxException::errno);
    }

    @Test
    void whatIsNotMountedCannotBeUnmounted() {
        assertThatThrownBy(() -> Mounts.unmount(target)).hasMessageContaining("EINVAL");
    }

    @Test
    void aMountInUseIsBusyButCanBeDetached() {
        Mounts.mount("tmpfs", "tmpfs", target, List.of());
        try (var _ = Descriptor.open(target, OpenFlag.READ)) {
            assertThatThrownBy(() -> Mounts.unmount(target))
                    .asInstanceOf(type(LinuxException.class))
                    .returns(Errno.EBUSY, LinuxException::errno);
            Mounts.detach(target);
        }
        assertThat(MountTable.read().at(target)).isEmpty();
    }

    @Test
    void aMountIsDetachedByItsDescriptorWhateverHasItsPathByNow() throws IOException {
        var parent = Files.createDirectory(directory.resolve("parent"));
        var place = Files.createDirectory(parent.resolve("place"));
        var other = Files.createDirectory(target.resolve("place"));
        Mounts.mount("tmpfs", "tmpfs", place, List.of());
        Mounts.mount("tmpfs", "tmpfs", other, List.of());
        try (var root = Descriptor.open(place, OpenFlag.PATH)) {
            var moved = Files.move(parent, directory.resolve("moved"));
            Files.createSymbolicLink(parent, target);
            Mounts.detach(root);
            assertThat(MountTable.read().below(moved)).isEmpty();
            assertThatThrownBy(() -> Mounts.detach(root)).hasMessageContaining("EINVAL");
        }
        assertThat(MountTable.read().at(other)).isPresent();
    }

    @Test
    void optionsThatFillMoreThanAPageAreRefusedInWords() {
        assertThatThrownBy(() -> Mounts.mount("tmpfs", "tmpfs", target, List.of("x".repeat(5000))))
                .hasMessageContaining("E2BIG");
    }

    @Test
    void theClassicWayMakesAnOverlay() throws IOException {
        var layers = layers(3);
        var lower = String.join(":", layers.stream().map(Path::toString).toList());
        Mounts.mount(
                "overlay",
                "overlay",
                target,
                List.of(
                        "lowerdir=" + lower,
                        "upperdir=" + make("upper"),
                        "workdir=" + make("work")));
        assertLayersAreVisible(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 30, 500})
    void theClassicWayMakesAnOverlayOfManyLayersFromTheirDirectory(int count) throws IOException {
        var layers = layers(count);
        Mounts.mountFrom(
                directory,
                "overlay",
                "overlay",
                target,
                List.of(
                        "lowerdir=" + names(layers),
                        "upperdir=" + make("upper"),
                        "workdir=" + make("work")));
        assertLayersAreVisible(count);
        assertThat(Path.of("").toAbsolutePath()).isNotEqualTo(directory).exists();
    }

    @Test
    void aRefusalFromADirectoryComesOut() throws IOException {
        make("upper");
        assertThatThrownBy(() ->
                        Mounts.mountFrom(
                                directory,
                                "overlay",
                                "overlay",
                                target,
                                List.of("lowerdir=none:upper")))
                .asInstanceOf(type(LinuxException.class))
                .returns(Errno.ENOENT, LinuxException::errno);
    }

    private static String names(List<Path> layers) {
        return layers.stream()
                .map(layer -> layer.getFileName().toString())
                .collect(Collectors.joining(":"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 30, 500})
    void theNewWayMakesAnOverlayOfAnyNumberOfLayers(int count) throws IOException {
        try (var overlay =
                DetachedMount.overlay(layers(count), make("upper"), make("work"), List.of())) {
            assertThat(MountTable.read().at(target)).isEmpty();
            overlay.attach(target);
        }
        assertLayersAreVisible(count);
        Files.createFile(target.resolve("new"));
        assertThat(directory.resolve("upper/new")).exists();
    }

    @Test
    void aRefusedOptionIsNamedInTheFileSystemsWords() {
        var option = new DetachedMount.Option("size", "much");
        assertThatThrownBy(() -> DetachedMount.create("tmpfs", "tmpfs", List.of(option)))
                .asInstanceOf(type(LinuxException.class))
                .returns("fsconfig", LinuxException::call)
                .returns(Errno.EINVAL, LinuxException::errno)
                .extracting(LinuxException::subject)
                .asString()
                .contains("tmpfs size=much");
    }

    @Test
    void anUnknownFileSystemIsNamed() {
        assertThatThrownBy(() -> DetachedMount.create("nosuchfs", "none", List.of()))
                .hasMessageContainingAll("fsopen", "nosuchfs", "ENODEV");
    }

    @Test
    void aDetachedMountThatIsClosedWasNever() throws IOException {
        Files.createFile(source.resolve("file"));
        try (var bind = DetachedMount.bind(source, true)) {
            assertThat(bind.descriptor().isOpen()).isTrue();
        }
        assertThat(MountTable.read().below(directory)).isEmpty();
    }

    @Test
    void aMountIsPutWhereADescriptorIsWhateverHasItsPathByNow() throws IOException {
        Files.createFile(source.resolve("file"));
        try (var bind = DetachedMount.bind(source, true);
                var place = Descriptor.open(target, OpenFlag.PATH)) {
            var moved = Files.move(target, directory.resolve("moved"));
            Files.createSymbolicLink(target, directory);
            bind.attach(place);
            assertThat(moved.resolve("file")).exists();
        }
    }

    @Test
    void whatIsMountedInASeparateCopyIsNotSeenWhereItWasTakenFrom() throws IOException {
        var below = Files.createDirectory(source.resolve("below"));
        Mounts.mount("bind", source.toString(), source, List.of("bind", "shared"));
        try (var copy = DetachedMount.bind(source, true)) {
            copy.separate();
            copy.share();
            copy.attach(target);
        }
        Mounts.mount("tmpfs", "tmpfs", target.resolve("below"), List.of());
        assertThat(MountTable.read().at(below)).isEmpty();
        assertThat(MountTable.read().at(target.resolve("below"))).isPresent();
    }

    @Test
    void aReadOnlyTreeIsReadOnlyAllTheWayDown() throws IOException {
        var inner = Files.createDirectory(source.resolve("inner"));
        Mounts.mount("tmpfs", "tmpfs", inner, List.of());
        try (var bind = DetachedMount.bind(source, true)) {
            bind.readOnly(true);
            bind.attach(target);
        }
        assertThatThrownBy(() -> Files.createFile(target.resolve("inner/new")))
                .isInstanceOf(FileSystemException.class);
        Files.createFile(inner.resolve("new"));
    }

    /** Before Linux 6.15 it is done in a namespace, which later ones can do as well. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatCoversAFileInsideOfADetachedMountIsSeenThereAlone(boolean inNamespace)
            throws IOException {
        Mounts.mount("tmpfs", "tmpfs", source, List.of("shared"));
        var file = Files.writeString(source.resolve("file"), "covered");
        var other = Files.writeString(directory.resolve("other"), "covers");
        try (var tree = DetachedMount.bind(source, true);
                var beneath = Beneath.at(tree.descriptor().duplicate());
                var place = beneath.open("file", Beneath.Resolve.IN_ROOT, OpenFlag.PATH);
                var mount = DetachedMount.bind(other, false)) {
            tree.readOnly(true);
            var covers = List.of(new DetachedMount.Cover(mount, place));
            try (var whole = inNamespace ? tree.coveredInNamespace(covers) : tree.covered(covers)) {
                tree.close();
                var seen = OpenFile.magicLink(whole).resolve("file");
                assertThat(seen).hasContent("covers");
                Files.writeString(seen, "changed");
            }
        }
        assertThat(other).hasContent("changed");
        assertThat(file).hasContent("covered");
        assertThat(MountTable.read().below(directory)).hasSize(1);
    }

    private MountTable.Mount mount() {
        return MountTable.read().at(target).orElseThrow();
    }

    private List<Path> layers(int count) throws IOException {
        var layers = new ArrayList<Path>();
        for (int i = 0; i < count; i++) {
            layers.add(make("l" + i));
            Files.writeString(layers.getLast().resolve("only" + i), "");
            Files.writeString(layers.getLast().resolve("same"), "from " + i);
        }
        return layers;
    }

    private void assertLayersAreVisible(int count) throws IOException {
        assertThat(target).isDirectoryContaining(p -> p.endsWith("only" + (count - 1)));
        assertThat(target.resolve("same")).hasContent("from 0");
        try (var entries = Files.list(target)) {
            assertThat(entries).hasSize(count + 1);
        }
    }

    private Path make(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }
}
