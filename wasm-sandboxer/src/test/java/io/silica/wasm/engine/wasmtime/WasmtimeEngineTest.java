// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.silica.wasm.engine.GuestExit;
import io.silica.wasm.engine.GuestModules;
import io.silica.wasm.engine.MemoryAllowance;
import io.silica.wasm.engine.MemoryBudget;
import io.silica.wasm.engine.ModuleException;
import io.silica.wasm.engine.WasiConfig;
import io.silica.wasm.engine.WasmEngine;
import io.silica.wasm.engine.WasmEngineContract;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WasmtimeEngineTest extends WasmEngineContract {
    private static final long LIMIT = 1 << 20;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void end() {
        clock.shutdownNow();
    }

    @Override
    protected WasmEngine engine(long moduleLimit) {
        try {
            return new WasmtimeEngine(WasmtimeLibrary.required(), moduleLimit, clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anAddressOutsideOfItsMemoryIsATrap() {
        trapsOutOfBounds();
    }

    private void trapsOutOfBounds() {
        assertThat(ends("(drop (i32.load (i32.const 65536)))"))
                .isInstanceOfSatisfying(
                        GuestExit.Trapped.class,
                        trap ->
                                assertThat(trap.message())
                                        .isEqualTo("out of bounds memory access"));
    }

    @Test
    void anAddressOutsideOfItsMemoryThatIsGivenToTheHostIsATrap() {
        assertThat(ends("(drop (call $random (i32.const 65530) (i32.const 7)))"))
                .isInstanceOfSatisfying(
                        GuestExit.Trapped.class,
                        trap -> {
                            assertThat(trap.message()).isEqualTo("out of bounds memory access");
                            assertThat(trap.backtrace()).containsExactly("main (function 1)");
                        });
    }

    /** The library and the JVM have handlers for the same signals. */
    @Test
    void aThreadThatRanAGuestStillHasTheFaultsOfTheJvm() {
        trapsOutOfBounds();
        assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> recurse(0));
        trapsOutOfBounds();
        for (int i = 0; i < 100_000; i++) {
            assertThat(isNull(i % 2 == 0 ? null : this)).isEqualTo(i % 2 == 0);
        }
    }

    private static int recurse(int depth) {
        return depth < 0 ? 0 : 1 + recurse(depth + 1);
    }

    /** What is compiled finds a null by the fault of touching it. */
    private static boolean isNull(@Nullable Object object) {
        try {
            return hash(object) == -1;
        } catch (NullPointerException _) {
            return true;
        }
    }

    @SuppressWarnings("NullAway") // that it may be null is the point
    private static int hash(@Nullable Object object) {
        return object.getClass().hashCode() & Integer.MAX_VALUE;
    }

    @Test
    void aTableIsCountedAsFarAsItMayGrow() {
        var engine = engine(LIMIT);
        assertThat(minimum(engine, "(table 10 20 funcref)")).isEqualTo(20 * 8);
        assertThat(minimum(engine, "(table 10 funcref)")).isEqualTo((10 + ModuleRoom.GROWTH) * 8);
        assertThat(minimum(engine, "(table 10 20 funcref) (memory 2)"))
                .isEqualTo(20 * 8 + 2 * 65536);
    }

    @Test
    void aTableGrowsNoFurtherThanIsCounted() {
        var grows =
                """
                (module
                  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
                  (table $t 1 funcref)
                  (func (export "_start")
                    (if (i32.ne (table.grow $t (ref.null func) (i32.const %d)) (i32.const 1))
                      (then (call $exit (i32.const 7))))
                    (call $exit (i32.sub (i32.const 0)
                      (table.grow $t (ref.null func) (i32.const 1))))))
                """
                        .formatted(ModuleRoom.GROWTH);
        assertThat(run(grows)).isEqualTo(new GuestExit.Exited(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0505 02 0001 0001", "0503 01 0401", "0504 01 030101", "0404 01 6f0001"})
    void whatWouldHaveMemoryThatNobodyCountsIsRefused(String memories) {
        var command =
                "0061736d01000000" // the header
                        + "010401600000" // a type without parameters and results
                        + "03020100" // a function of that type
                        + memories.replace(" ", "")
                        + "070a01065f73746172740000" // it is _start
                        + "0a040102000b"; // it does nothing
        assertThatExceptionOfType(ModuleException.Invalid.class)
                .isThrownBy(() -> engine(LIMIT).compile(HexFormat.of().parseHex(command)));
    }

    @Test
    void whatWasCompiledElsewhereRunsAsIfItHadBeenCompiledHere() throws IOException {
        var engine = engine(LIMIT);
        var binary = GuestModules.binary(GuestModules.exits(11));
        var module = engine.load(binary, compiled(binary));
        assertThat(module.compiledSize()).isPositive();
        assertThat(module.minimumMemory()).isEqualTo(engine.compile(binary).minimumMemory());
        assertThat(engine.instantiate(module, config()).run()).isEqualTo(new GuestExit.Exited(11));
    }

    @Test
    void whatIsNoFormOfThisEngineIsForeign() {
        var binary = GuestModules.binary(GuestModules.NOTHING);
        assertThatExceptionOfType(ModuleException.Foreign.class)
                .isThrownBy(() -> engine(LIMIT).load(binary, inMemory(new byte[4096])));
    }

    private static MemorySegment compiled(byte[] binary) throws IOException {
        var copy = new AtomicReference<MemorySegment>();
        WasmtimeCompiler.compile(
                WasmtimeLibrary.required(),
                inMemory(binary),
                compiled -> copy.set(inMemory(compiled.toArray(JAVA_BYTE))));
        return copy.get();
    }

    private static MemorySegment inMemory(byte[] bytes) {
        return Arena.ofAuto().allocateFrom(JAVA_BYTE, bytes);
    }

    @Test
    void aFileThatIsNoLibraryIsRefusedInWords(@TempDir Path directory) throws IOException {
        var text = Files.writeString(directory.resolve("text"), "this is no library at all");
        assertThatIOException()
                .isThrownBy(() -> new WasmtimeEngine(text, LIMIT, clock))
                .withMessage(text + " is no library");
        var other = Path.of(System.getProperty("java.home"), "lib", "libjava.so");
        assertThatIOException()
                .isThrownBy(() -> new WasmtimeEngine(other, LIMIT, clock))
                .withMessage(other + " is no libwasmtime of version 50");
        var missing = directory.resolve("missing");
        assertThatIOException()
                .isThrownBy(() -> new WasmtimeEngine(missing, LIMIT, clock))
                .withMessage(missing + " is not there");
    }

    private static long minimum(WasmEngine engine, String content) {
        var text = "(module %s (func (export \"_start\")))".formatted(content);
        return engine.compile(GuestModules.binary(text)).minimumMemory();
    }

    private GuestExit ends(String instructions) {
        return run(
                """
                (module
                  (import "wasi_snapshot_preview1" "random_get"
                    (func $random (param i32 i32) (result i32)))
                  (memory (export "memory") 1)
                  (func $main (export "_start") %s))
                """
                        .formatted(instructions));
    }

    private GuestExit run(String text) {
        var engine = engine(LIMIT);
        return engine.instantiate(engine.compile(GuestModules.binary(text)), config()).run();
    }

    private static WasiConfig config() {
        return new WasiConfig(
                List.of("/app.wasm"),
                List.of(),
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                List.of(),
                new MemoryAllowance(LIMIT, new MemoryBudget(LIMIT)));
    }
}
