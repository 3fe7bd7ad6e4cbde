// SPDX-License-Identifier: Apache-2.0
import com.dylibso.chicory.log.SystemLogger;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wabt.Wat2WasmModule;
import com.dylibso.chicory.wasi.WasiExitException;
import com.dylibso.chicory.wasi.WasiOptions;
import com.dylibso.chicory.wasi.WasiPreview1;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Compiles the modules' text to binary while Maven builds: {@code CompileWat SOURCES TARGET}.
 *
 * <p>It runs wabt's own {@code wat2wasm}, itself compiled to Wasm, so that the build needs no
 * native tool. The names of functions are kept: backtraces show them.
 */
final class CompileWat {
    private CompileWat() {}

    public static void main(String[] args) throws IOException {
        Path sources = Path.of(args[0]);
        Path target = Files.createDirectories(Path.of(args[1]));
        try (var files = Files.newDirectoryStream(sources, "*.wat")) {
            for (Path source : files) {
                String name = source.getFileName().toString();
                Files.write(target.resolve(name.replace(".wat", ".wasm")), compile(sources, name));
            }
        }
    }

    private static byte[] compile(Path directory, String name) {
        var output = new ByteArrayOutputStream();
        var problems = new ByteArrayOutputStream();
        var options =
                WasiOptions.builder()
                        .withStdout(output)
                        .withStderr(problems)
                        .withDirectory("/src", directory)
                        .withArguments(
                                List.of("wat2wasm", "--debug-names", "--output=-", "/src/" + name))
                        .build();
        try (var wasi =
                WasiPreview1.builder()
                        .withLogger(new SystemLogger())
                        .withOptions(options)
                        .build()) {
            var imports = ImportValues.builder().addFunction(wasi.toHostFunctions()).build();
            Instance.builder(Wat2WasmModule.load())
                    .withMachineFactory(Wat2WasmModule::create)
                    .withImportValues(imports)
                    .build();
        } catch (WasiExitException exit) {
            if (exit.exitCode() != 0) {
                throw new IllegalArgumentException(
                        name + ": " + problems.toString(StandardCharsets.UTF_8), exit);
            }
        }
        return output.toByteArray();
    }
}
