// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeLibraryTest {
    @Test
    void aFunctionGetsWhatItIsCalledWithAndAnswers() throws IOException {
        assertThat(libc().function("labs").orElseThrow().invoke(-5)).isEqualTo(5);
    }

    @Test
    void aLibraryCallsBack() throws Exception {
        var compare =
                MethodHandles.lookup()
                        .findStatic(
                                NativeLibraryTest.class,
                                "compare",
                                MethodType.methodType(long.class, long.class, long.class));
        try (var arena = Arena.ofConfined()) {
            var numbers = arena.allocateFrom(JAVA_LONG, 3, 1, 2);
            libc().function("qsort")
                    .orElseThrow()
                    .invoke(numbers.address(), 3, Long.BYTES, NativeLibrary.callback(compare));
            assertThat(numbers.toArray(JAVA_LONG)).containsExactly(1, 2, 3);
        }
    }

    static long compare(long one, long other) {
        return Long.compare(number(one), number(other));
    }

    @SuppressWarnings("restricted") // qsort gives where the elements are
    private static long number(long address) {
        return MemorySegment.ofAddress(address).reinterpret(Long.BYTES).get(JAVA_LONG, 0);
    }

    @Test
    void aFunctionThatThereIsNotIsNone() throws IOException {
        assertThat(libc().function("no_such_function")).isEmpty();
    }

    @Test
    void aFileThatIsNoLibraryIsRefusedByName(@TempDir Path directory) throws IOException {
        var file = Files.writeString(directory.resolve("library.so"), "no library");
        assertThatIOException()
                .isThrownBy(() -> NativeLibrary.load(file))
                .withMessage(file + " can't be loaded as a library");
    }

    private static NativeLibrary libc() throws IOException {
        try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
            var file =
                    maps.filter(line -> line.contains("/libc.so") || line.contains("/libc-"))
                            .map(line -> Path.of(line.substring(line.indexOf('/'))))
                            .findFirst()
                            .orElseThrow();
            return NativeLibrary.load(file);
        }
    }
}
