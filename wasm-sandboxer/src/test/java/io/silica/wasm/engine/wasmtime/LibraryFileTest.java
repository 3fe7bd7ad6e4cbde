// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LibraryFileTest {
    private static final FileTime MADE = FileTime.fromMillis(1_000_000_000_000L);

    @TempDir Path directory;
    private Path file;
    private LibraryFile library;

    @BeforeEach
    void begin() {
        file = directory.resolve("libwasmtime.so");
        library = new LibraryFile(file);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {20, LibraryFile.PART - 40, LibraryFile.PART - 5, LibraryFile.PART, 3 << 20})
    void itsReleaseIsFoundWhereverItIs(int at) throws IOException {
        write("resolve_vmctx_memory_ptr_50_0_0", at);
        assertThat(library.problem()).isEmpty();
        write("resolve_vmctx_memory_ptr_49_0_0", at);
        assertThat(new LibraryFile(file).problem())
                .contains(file + " is no libwasmtime of version 50");
    }

    @Test
    void itIsReadAgainWhenItHasChangedAndNotBefore() throws IOException {
        assertThat(library.problem()).contains(file + " is not there");
        write("resolve_vmctx_memory_ptr_50_0_0", 64);
        assertThat(library.problem()).isEmpty();
        write("resolve_vmctx_memory_ptr_49_0_0", 64);
        assertThat(library.problem()).as("who changes a file changes its time").isEmpty();
        Files.setLastModifiedTime(file, FileTime.fromMillis(MADE.toMillis() + 1));
        assertThat(library.problem()).isNotEmpty();
        Files.delete(file);
        assertThat(library.problem()).contains(file + " is not there");
    }

    private void write(String mark, int at) throws IOException {
        var bytes = ByteBuffer.allocate(4 << 20).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, 0x464C457F);
        bytes.putShort(18, (short) LibraryFile.machine());
        bytes.put(at, mark.getBytes(US_ASCII));
        Files.write(file, bytes.array());
        Files.setLastModifiedTime(file, MADE);
    }
}
