// SPDX-License-Identifier: Apache-2.0
package io.silica.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.TrapException;
import run.endive.wasi.WasiExitException;
import run.endive.wasi.WasiOptions;
import run.endive.wasi.WasiPreview1;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.MemoryLimits;

/** Runs the modules on the embedded engine's interpreter: what they print is what tests rely on. */
final class ExampleModulesTest {
    private static final MemoryLimits MEMORY = new MemoryLimits(2, 40);

    private record Outcome(int exitCode, String stdout, String stderr) {}

    static List<String> names() {
        return ExampleModules.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyModuleIsValidAndImportsOnlyPreview1(String name) {
        WasmModule module = parse(name);

        var imports = module.importSection();
        assertThat(IntStream.range(0, imports.importCount()).mapToObj(imports::getImport))
                .allSatisfy(i -> assertThat(i.module()).isEqualTo("wasi_snapshot_preview1"));
    }

    @Test
    void anUnknownNameIsRefusedWithTheNamesThatThereAre() {
        assertThatThrownBy(() -> ExampleModules.bytes("none"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none")
                .hasMessageContaining("hello");
    }

    @Test
    void helloGreetsItsArguments() {
        assertThat(run("hello").stdout()).isEqualTo("hello from Wasm\n");
        assertThat(run("hello", "you", "there").stdout()).isEqualTo("hello from Wasm you there\n");
    }

    @Test
    void argsAndPrintenvPrintALineEach() {
        assertThat(run("args", "a b", "").stdout()).isEqualTo("/args.wasm\na b\n\n");
        assertThat(run("printenv").stdout()).isEqualTo("COLOUR=blue\n");
    }

    @Test
    void echoCopiesItsInput() {
        assertThat(run("echo").stdout()).isEqualTo("input");
    }

    @Test
    void exitCodeExitsAsTold() {
        assertThat(run("exit-code", "42").exitCode()).isEqualTo(42);
        assertThat(run("exit-code").exitCode()).isZero();
    }

    @Test
    void stderrWritesToBoth() {
        assertThat(run("stderr")).isEqualTo(new Outcome(0, "this is stdout\n", "this is stderr\n"));
    }

    @Test
    void countPrintsNumberedLines() {
        assertThat(run("count", "12").stdout().lines()).hasSize(12).startsWith("1").endsWith("12");
    }

    @Test
    void tickPrintsNumberedLinesAndExitsAsTold() {
        assertThat(run("tick", "3", "1", "7")).isEqualTo(new Outcome(7, "1\n2\n3\n", ""));
        assertThat(run("tick", "11").stdout().lines()).hasSize(11).endsWith("10", "11");
        assertThat(run("tick")).isEqualTo(new Outcome(0, "", ""));
    }

    @Test
    void sleepPrintsBeforeAndAfter() {
        assertThat(run("sleep", "1").stdout()).isEqualTo("sleeping\nawake\n");
    }

    @Test
    void trapTrapsAfterALine() {
        assertThatThrownBy(() -> run("trap")).isInstanceOf(TrapException.class);
    }

    @Test
    void trapKeepsTheNamesOfItsFunctions() {
        var names = parse("trap").nameSection();

        assertThat(names).isNotNull();
        assertThat(IntStream.range(0, 5).mapToObj(names::nameOfFunction))
                .contains("inner", "outer", "_start");
    }

    @Test
    void eatTrapsWhenItGetsNoMore() {
        assertThatThrownBy(() -> run("eat")).isInstanceOf(TrapException.class);
    }

    @Test
    void growPrintsThePagesThatItGot() {
        assertThat(run("grow").stdout()).isEqualTo(MEMORY.maximumPages() + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256", "sha256-unrolled"})
    void sha256PrintsADigestOfZeros(String module) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256").digest(new byte[3 << 10]);

        assertThat(run(module, "3").stdout()).isEqualTo(HexFormat.of().formatHex(digest) + "\n");
    }

    @Test
    void writeCreatesAFileBeneathTheDirectoryThatCoversMost(@TempDir Path root) throws Exception {
        assertThat(run(root, "write", "/data/note", "some text").exitCode()).isZero();

        assertThat(root.resolve("data/note")).hasContent("some text");
        assertThat(run(root, "cat", "/data/note").stdout()).isEqualTo("some text");
    }

    @Test
    void catOfAMissingFileExitsWithTheErrno(@TempDir Path root) throws Exception {
        assertThat(run(root, "cat", "/none").exitCode()).isEqualTo(44);
    }

    private static Outcome run(Path root, String name, String... args) throws Exception {
        Path data = Files.createDirectories(root.resolve("data"));
        return run(options().withDirectory("/", root).withDirectory("/data", data), name, args);
    }

    private static Outcome run(String name, String... args) {
        return run(options(), name, args);
    }

    private static WasiOptions.Builder options() {
        return WasiOptions.builder()
                .withStdin(new ByteArrayInputStream("input".getBytes(StandardCharsets.UTF_8)))
                .withEnvironment("COLOUR", "blue");
    }

    private static Outcome run(WasiOptions.Builder options, String name, String... args) {
        var stdout = new ByteArrayOutputStream();
        var stderr = new ByteArrayOutputStream();
        var arguments = new ArrayList<>(List.of("/" + name + ".wasm"));
        arguments.addAll(List.of(args));
        options.withStdout(stdout).withStderr(stderr).withArguments(arguments);
        int exitCode = start(name, options.build());
        return new Outcome(
                exitCode,
                stdout.toString(StandardCharsets.UTF_8),
                stderr.toString(StandardCharsets.UTF_8));
    }

    private static int start(String name, WasiOptions options) {
        try (var wasi = WasiPreview1.builder().withOptions(options).build()) {
            var imports = ImportValues.builder().addFunction(wasi.toHostFunctions()).build();
            Instance.builder(parse(name))
                    .withMemoryLimits(MEMORY)
                    .withImportValues(imports)
                    .build();
            return 0;
        } catch (WasiExitException exit) {
            return exit.exitCode();
        }
    }

    private static WasmModule parse(String name) {
        return Parser.parse(ExampleModules.bytes(name));
    }
}
