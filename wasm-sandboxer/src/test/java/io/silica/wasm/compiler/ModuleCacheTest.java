// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.Descriptor;
import io.silica.linux.Errno;
import io.silica.linux.FileTree;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.linux.leaks.LeakCheck;
import io.silica.wasm.engine.ModuleDigest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@LeakCheck
final class ModuleCacheTest {
    private static final int ANOTHER_USER = 1234;

    @TempDir Path parent;
    private Path directory;
    private ModuleCache cache;

    @BeforeEach
    void begin() {
        assumeTrue("root".equals(System.getProperty("user.name")), "others can't mount");
        directory = parent.resolve("modules");
        cache = cache(10_000);
    }

    private ModuleCache cache(long capacity) {
        return new ModuleCache(directory, capacity);
    }

    @Test
    void whatIsKeptIsFoundByTheNextDaemonAndBelongsToItAlone() throws IOException {
        assertThat(found("a")).isFalse();
        put("a", 1000);

        assertThat(found("a")).isTrue();
        cache = cache(10_000);
        assertThat(found("a")).isTrue();
        assertThat(found("b")).isFalse();
        assertThat(cache.size()).isEqualTo(1000 + CompiledFile.HEADER);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("a"))))
                .isEqualTo("rw-------");
    }

    @Test
    void whatWasUsedLastIsKeptUpToTheCapacityAlsoByTheNextDaemon() throws IOException {
        put("a", 4000);
        put("b", 4000);
        assertThat(found("a")).isTrue();
        put("c", 4000);
        assertThat(found("b")).isFalse();

        assertThat(found("a")).isTrue();
        Files.setLastModifiedTime(file("c"), FileTime.fromMillis(1000));
        Files.setLastModifiedTime(file("a"), FileTime.fromMillis(2000));
        cache = cache(5000);
        assertThat(found("c")).isFalse();
        assertThat(found("a")).isTrue();
        assertThat(cache.discarded()).isZero();
    }

    @Test
    void whatIsTooLargeIsGivenAndNotKept() throws IOException {
        put("a", 11_000);
        assertThat(found("a")).isFalse();
        assertThat(directory).isEmptyDirectory();
    }

    /** How a file can be another one than was put there. */
    enum Damage {
        CUT {
            @Override
            void of(Path file) throws IOException {
                var bytes = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
            }
        },
        EMPTY {
            @Override
            void of(Path file) throws IOException {
                Files.write(file, new byte[0]);
            }
        },
        LONGER {
            @Override
            void of(Path file) throws IOException {
                var bytes = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
            }
        },
        CHANGED {
            @Override
            void of(Path file) throws IOException {
                var bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            }
        },
        ANOTHER_MODULES {
            @Override
            void of(Path file) throws IOException {
                var bytes = Files.readAllBytes(file);
                bytes[50] ^= 1;
                Files.write(file, bytes);
            }
        },
        ANOTHER_USERS {
            @Override
            void of(Path file) throws IOException {
                Files.setAttribute(file, "unix:uid", ANOTHER_USER);
            }
        },
        READABLE_BY_OTHERS {
            @Override
            void of(Path file) throws IOException {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            }
        },
        WITH_ANOTHER_NAME {
            @Override
            void of(Path file) throws IOException {
                Files.createLink(file.resolveSibling("other"), file);
            }
        },
        A_LINK {
            @Override
            void of(Path file) throws IOException {
                Files.move(file, file.resolveSibling("moved"));
                Files.createSymbolicLink(file, Path.of("moved"));
            }
        },
        A_DIRECTORY {
            @Override
            void of(Path file) throws IOException {
                Files.delete(file);
                Files.createDirectory(file);
            }
        };

        abstract void of(Path file) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotExactlyWhatWasPutThereIsThrownAwayAndCounted(Damage damage) throws IOException {
        put("a", 1000);
        damage.of(file("a"));

        cache = cache(10_000);
        assertThat(found("a")).isFalse();
        assertThat(cache.discarded()).isEqualTo(1);
        assertThat(file("a")).doesNotExist();
        put("a", 1000);
        assertThat(found("a")).isTrue();
    }

    @Test
    void aDirectoryThatIsRemovedIsMadeAnew() throws IOException {
        put("a", 100);
        FileTree.remove(directory);
        put("b", 10);
        assertThat(found("b")).isTrue();
        assertThat(found("a")).isFalse();
        assertThat(cache.size()).isEqualTo(10 + CompiledFile.HEADER);
    }

    @Test
    void whatIsHalfWrittenIsGoneWithTheNextDaemon() throws IOException {
        put("a", 10);
        Files.write(directory.resolve("new-7"), new byte[100]);
        cache = cache(10_000);
        assertThat(found("a")).isTrue();
        assertThat(directory.resolve("new-7")).doesNotExist();
    }

    @Test
    void aDirectoryOfAnotherUserIsRefused() throws IOException {
        Files.createDirectory(directory);
        Files.setAttribute(directory, "unix:uid", ANOTHER_USER);
        assertThatIOException()
                .isThrownBy(() -> found("a"))
                .withMessage(directory + " is another user's");
    }

    @Test
    void aLinkInPlaceOfTheDirectoryIsRefused() throws IOException {
        Files.createSymbolicLink(directory, parent);
        assertThatIOException().isThrownBy(() -> found("a"));
    }

    /** A worker is the user who owns the file. */
    @Test
    void whoeverHoldsOneCannotWriteToIt() throws IOException {
        try (var given = given("a", 100);
                var found = cache.find(key("a"), module("a")).orElseThrow()) {
            for (var each : new Descriptor[] {given, found}) {
                var path = Path.of("/proc/self/fd", Integer.toString(each.number()));
                assertThatExceptionOfType(LinuxException.class)
                        .isThrownBy(() -> Descriptor.open(path, OpenFlag.READ_WRITE))
                        .extracting(LinuxException::errno)
                        .isEqualTo(Errno.EROFS);
            }
        }
    }

    private boolean found(String name) throws IOException {
        var found = cache.find(key(name), module(name));
        if (found.isEmpty()) {
            return false;
        }
        try (var file = found.get();
                var arena = Arena.ofConfined()) {
            var content = CompiledFile.of(file).orElseThrow().read(file, arena).orElseThrow();
            assertThat(content.get(JAVA_BYTE, 0)).isEqualTo(name.getBytes(UTF_8)[0]);
        }
        return true;
    }

    private Descriptor given(String name, int length) throws IOException {
        try (var file = cache.fresh()) {
            file.skip(CompiledFile.HEADER);
            var content = new byte[length];
            Arrays.fill(content, name.getBytes(UTF_8)[0]);
            file.write(ByteBuffer.wrap(content));
            return cache.put(file, key(name), module(name));
        }
    }

    private void put(String name, int length) throws IOException {
        given(name, length).close();
    }

    private Path file(String name) {
        return directory.resolve(key(name).hex());
    }

    private static CacheKey key(String name) {
        return CacheKey.of(module(name), "engine", "machine");
    }

    private static ModuleDigest module(String name) {
        return ModuleDigest.of(name.getBytes(UTF_8));
    }
}
