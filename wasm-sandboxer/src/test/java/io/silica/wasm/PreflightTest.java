// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.wasm.engine.wasmtime.WasmtimeLibrary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PreflightTest {
    @TempDir Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aMissingLibraryIsASentence() throws IOException {
        assertThat(check("[wasm]\nwasmtime-library = \"/nowhere/libwasmtime.so\"\n")).isEqualTo(1);
        assertThat(out.toString(UTF_8))
                .contains(
                        "no   wasmtime: wasm.wasmtime-library: /nowhere/libwasmtime.so is not there\n");
    }

    @Test
    void aLibraryOfTheRightVersionIsNamed() throws IOException {
        var library = WasmtimeLibrary.required();
        check("[wasm]\nengine = \"wasmtime\"\nwasmtime-library = \"%s\"\n".formatted(library));
        assertThat(out.toString(UTF_8)).contains("ok   wasmtime: " + library + "\n");
    }

    @Test
    void whoNamesNoLibraryMissesNone() throws IOException {
        check("");
        assertThat(out.toString(UTF_8)).contains("ok   wasmtime: not wanted");
    }

    @Test
    void anEngineWithoutItsLibraryIsWrong() throws IOException {
        assertThat(check("[wasm]\nengine = \"wasmtime\"\n")).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("wasm.engine").contains("wasm.wasmtime-library");
    }

    @Test
    void aPathThatIsNotAbsoluteIsWrong() throws IOException {
        assertThat(check("[wasm]\nwasmtime-library = \"lib/libwasmtime.so\"\n")).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("wasmtime-library");
    }

    private int check(String config) throws IOException {
        var file = Files.writeString(directory.resolve("wasm.toml"), config);
        return Preflight.command(
                        new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8))
                .execute("--config", file.toString());
    }
}
