// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every engine does; a subclass says which. */
public abstract class WasmEngineContract {
    private static final int PAGE = 65536;
    private static final long MEMORY = 64L * PAGE;

    private static final int CREATE = 1;
    private static final long READ = 1 << 1;
    private static final long WRITE = 1 << 6;
    private static final int READ_ONLY_FILE_SYSTEM = 69;

    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final List<WasiConfig.Preopen> preopens = new ArrayList<>();
    private InputStream stdin = InputStream.nullInputStream();

    @TempDir Path directory;

    /**
     * The engine under test.
     *
     * @param moduleLimit the most bytes that a module may have
     */
    protected abstract WasmEngine engine(long moduleLimit);

    @Test
    void aGuestThatReturnsExitsWith0() {
        assertThat(run(GuestModules.NOTHING)).isEqualTo(new GuestExit.Exited(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 42, 126, 255})
    void theCodeOfProcExitIsTheExitCode(int code) {
        assertThat(run(GuestModules.exits(code))).isEqualTo(new GuestExit.Exited(code));
    }

    @Test
    void anExitCodeIsCutToWhatAProcessCouldGive() {
        assertThat(run(GuestModules.exits(256 + 7))).isEqualTo(new GuestExit.Exited(7));
    }

    @Test
    void argumentsAndEnvironmentReachTheGuestInOrder() {
        var config =
                new WasiConfig(
                        List.of("/app.wasm", "", "zwei ü"),
                        List.of("B=1", "A=x=y", "E="),
                        stdin,
                        stdout,
                        stderr,
                        preopens,
                        memory());
        assertThat(instance(GuestModules.TELLS_ARGUMENTS, config).run())
                .isEqualTo(new GuestExit.Exited(0));
        assertThat(stdout.toString(UTF_8)).isEqualTo("/app.wasm\0\0zwei ü\0B=1\0A=x=y\0E=\0");
    }

    @Test
    void stdinReachesStdoutByteForByteThroughTheGuest() {
        var input = new byte[100_000];
        new Random(1).nextBytes(input);
        stdin = new ByteArrayInputStream(input);
        assertThat(run(GuestModules.COPIES_STDIN)).isEqualTo(new GuestExit.Exited(0));
        assertThat(stdout.toByteArray()).isEqualTo(input);
    }

    @Test
    void aFileIsReadBelowAPreopen() throws IOException {
        Files.writeString(directory.resolve("file"), "inner");
        preopens.add(new WasiConfig.Preopen("/", directory, false));
        assertThat(run(GuestModules.opens("file", 0, READ, false)))
                .isEqualTo(new GuestExit.Exited(0));
        assertThat(stdout.toString(UTF_8)).isEqualTo("inner");
    }

    @Test
    void aFileIsWrittenBelowAPreopen() {
        preopens.add(new WasiConfig.Preopen("/", directory, false));
        assertThat(run(GuestModules.opens("made", CREATE, WRITE, true)))
                .isEqualTo(new GuestExit.Exited(0));
        assertThat(directory.resolve("made")).hasContent("hello");
    }

    @Test
    void aReadOnlyPreopenLetsRead() throws IOException {
        Files.writeString(directory.resolve("file"), "inner");
        preopens.add(new WasiConfig.Preopen("/", directory, true));
        assertThat(run(GuestModules.opens("file", 0, READ, false)))
                .isEqualTo(new GuestExit.Exited(0));
        assertThat(stdout.toString(UTF_8)).isEqualTo("inner");
    }

    @Test
    void aReadOnlyPreopenRefusesEveryChange() throws IOException {
        Files.writeString(directory.resolve("file"), "inner");
        Files.createDirectory(directory.resolve("dir"));
        preopens.add(new WasiConfig.Preopen("/", directory, true));
        var refused = new GuestExit.Exited(READ_ONLY_FILE_SYSTEM);
        assertThat(run(GuestModules.opens("made", CREATE, WRITE, true))).isEqualTo(refused);
        assertThat(run(GuestModules.opens("made", CREATE, READ, false))).isEqualTo(refused);
        assertThat(run(GuestModules.opens("file", 0, WRITE, true))).isEqualTo(refused);
        assertThat(run(GuestModules.changes("path_unlink_file", "file"))).isEqualTo(refused);
        assertThat(run(GuestModules.changes("path_remove_directory", "dir"))).isEqualTo(refused);
        assertThat(run(GuestModules.changes("path_create_directory", "new"))).isEqualTo(refused);
        assertThat(directory).isDirectoryContaining(path -> path.endsWith("file"));
        assertThat(directory.resolve("file")).hasContent("inner");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "dir/../../outside", "/etc/passwd"})
    void aPathOutOfAPreopenIsRefused(String path) throws IOException {
        Files.writeString(directory.resolve("outside"), "secret");
        var inner = directory.resolve("inner");
        Files.createDirectories(inner.resolve("dir"));
        preopens.add(new WasiConfig.Preopen("/", inner, false));
        assertThat(run(GuestModules.opens(path, 0, READ, false)))
                .isNotEqualTo(new GuestExit.Exited(0));
        assertThat(stdout.size()).isZero();
    }

    @Test
    void aTrapHasItsReasonAndTheGuestsCallsInnermostFirst() {
        var trap = trap(GuestModules.TRAPS);
        assertThat(trap.message()).contains("unreachable");
        assertThat(trap.backtrace())
                .containsExactly("inner (function 0)", "outer (function 1)", "main (function 2)");
    }

    @Test
    void aFunctionWithoutANameHasItsNumberInTheBacktrace() {
        var text = "(module (func unreachable) (func (export \"_start\") (call 0)))";
        assertThat(trap(text).backtrace()).containsExactly("function 0", "function 1");
    }

    @Test
    void aDivisionByZeroTraps() {
        assertThat(trap(GuestModules.DIVIDES_BY_ZERO).message()).contains("divide by zero");
    }

    @Test
    void anEndlessRecursionTraps() {
        assertThat(trap(GuestModules.RECURSES).message()).contains("call stack exhausted");
    }

    @Test
    void anEndlessLoopIsInterrupted() {
        var guest = guest(GuestModules.LOOPS).awaitThread(Thread.State.RUNNABLE);
        assertThat(guest.end()).isEqualTo(new GuestExit.Interrupted());
    }

    /** The end of each may make all of them look up, and those whose end comes next just then. */
    @Test
    void endlessLoopsThatAreInterruptedAtOnceAllEnd() {
        var engine = engine(1 << 20);
        var loops = engine.compile(GuestModules.binary(GuestModules.LOOPS));
        for (int i = 0; i < 100; i++) {
            var guests =
                    Stream.generate(() -> engine.instantiate(loops, config(stdout)))
                            .limit(4)
                            .map(RunningGuest::new)
                            .toList();
            guests.forEach(guest -> guest.awaitThread(Thread.State.RUNNABLE));
            guests.forEach(RunningGuest::interrupt);
            assertThat(guests)
                    .extracting(RunningGuest::exit)
                    .containsOnly(new GuestExit.Interrupted());
        }
    }

    @Test
    void anEndlessLoopInTheStartFunctionIsInterrupted() {
        var guest = guest(GuestModules.LOOPS_IN_START).awaitThread(Thread.State.RUNNABLE);
        assertThat(guest.end()).isEqualTo(new GuestExit.Interrupted());
    }

    @Test
    void aSleepIsInterrupted() {
        var guest = guest(GuestModules.SLEEPS).awaitThread(Thread.State.TIMED_WAITING);
        assertThat(guest.end()).isEqualTo(new GuestExit.Interrupted());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 65536, 65537, 1 << 30})
    void aGuestGetsAllOfItsInputAndNoReadTakesMoreThan64KiB(int bytes) {
        var largest = new AtomicInteger();
        stdin =
                new FilterInputStream(new ByteArrayInputStream("hello".getBytes(UTF_8))) {
                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        largest.accumulateAndGet(length, Math::max);
                        return super.read(buffer, offset, length);
                    }
                };
        assertThat(run(GuestModules.copiesStdin(bytes))).isEqualTo(new GuestExit.Exited(0));
        assertThat(stdout.toString(UTF_8)).isEqualTo("hello");
        assertThat(largest.get()).isEqualTo(Math.min(bytes, 65536));
    }

    @Test
    void aReadThatWaitsIsInterrupted() throws IOException {
        try (var writer = new PipedOutputStream();
                var reader = new PipedInputStream(writer)) {
            stdin = reader;
            var guest = guest(GuestModules.COPIES_STDIN).awaitThread(Thread.State.TIMED_WAITING);
            assertThat(guest.end()).isEqualTo(new GuestExit.Interrupted());
        }
    }

    @Test
    void aWriteThatWaitsIsInterrupted() throws IOException {
        try (var reader = new PipedInputStream();
                var writer = new PipedOutputStream(reader)) {
            var guest = new RunningGuest(instance(GuestModules.WRITES_FOR_EVER, config(writer)));
            guest.awaitThread(Thread.State.TIMED_WAITING);
            assertThat(guest.end()).isEqualTo(new GuestExit.Interrupted());
        }
    }

    @Test
    void anInterruptBeforeTheRunEndsItAtOnce() {
        var instance = instance(GuestModules.LOOPS, config(stdout));
        instance.interrupt();
        assertThat(instance.run()).isEqualTo(new GuestExit.Interrupted());
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anInterruptAfterTheRunTouchesNobody() {
        var instance = instance(GuestModules.NOTHING, config(stdout));
        instance.run();
        instance.interrupt();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anInstanceRunsOnce() {
        var instance = instance(GuestModules.NOTHING, config(stdout));
        instance.run();
        assertThatIllegalStateException().isThrownBy(instance::run);
    }

    @Test
    void aGrowBeyondTheLimitFails() {
        assertThat(run(GuestModules.GROWS_MEMORY)).isEqualTo(new GuestExit.Exited(64));
    }

    @Test
    void memoryIsCountedWhileTheGuestRuns() {
        var config = config(stdout);
        var instance = instance(GuestModules.LOOPS, config);
        assertThat(config.memory().taken()).isZero();
        var guest = new RunningGuest(instance);
        RunningGuest.await(() -> config.memory().taken() == PAGE);
        guest.end();
        assertThat(config.memory().taken()).isZero();
    }

    @Test
    void aTrapAfterARefusedGrowIsForLackOfMemoryAndOthersAreNot() {
        assertThat(trap(GuestModules.growsAndTraps(65536)).outOfMemory()).isTrue();
        assertThat(trap(GuestModules.TRAPS).outOfMemory()).isFalse();
        // Its own maximum, which no host could change.
        assertThat(trap(GuestModules.growsAndTraps(8)).outOfMemory()).isFalse();
    }

    @Test
    void theLimitCanBeChangedWhileTheGuestRuns() {
        var config = config(stdout);
        var guest = new RunningGuest(instance(GuestModules.growsTo(100), config));
        RunningGuest.await(() -> config.memory().taken() == MEMORY);
        assertThat(config.memory().change(100L * PAGE)).isTrue();
        assertThat(guest.exit()).isEqualTo(new GuestExit.Exited(100));
    }

    @Test
    void noGuestGetsWhatAllOfThemMayNotHaveTogether() {
        var budget = new MemoryBudget(80L * PAGE);
        var other = new MemoryAllowance(MEMORY, budget);
        assertThat(other.take(20L * PAGE)).isTrue();
        assertThat(run(GuestModules.GROWS_MEMORY, new MemoryAllowance(MEMORY, budget)))
                .isEqualTo(new GuestExit.Exited(60));
        assertThat(other.take(44L * PAGE)).isTrue();
        assertThat(run(GuestModules.beginsWith(32), new MemoryAllowance(MEMORY, budget)))
                .isInstanceOfSatisfying(
                        GuestExit.Trapped.class, trap -> assertThat(trap.outOfMemory()).isTrue());
        other.release();
        assertThat(run(GuestModules.beginsWith(32), new MemoryAllowance(MEMORY, budget)))
                .isInstanceOf(GuestExit.Exited.class);
    }

    private GuestExit run(String text, MemoryAllowance memory) {
        var config =
                new WasiConfig(
                        List.of("/app.wasm"), List.of(), stdin, stdout, stderr, preopens, memory);
        return instance(text, config).run();
    }

    @Test
    void aMinimumBeyondTheLimitIsRefusedWithBothNumbers() {
        var module = compile(GuestModules.beginsWith(65));
        assertThat(module.minimumMemory()).isEqualTo(65L * PAGE);
        assertThatExceptionOfType(ModuleException.MemoryMinimum.class)
                .isThrownBy(() -> engine(1 << 20).instantiate(module, config(stdout)))
                .withMessageContaining("" + 65 * PAGE)
                .withMessageContaining("" + MEMORY);
        // All that 32 bits can name.
        var most = compile(GuestModules.beginsWith(65536));
        assertThatExceptionOfType(ModuleException.MemoryMinimum.class)
                .isThrownBy(() -> engine(1 << 20).instantiate(most, config(stdout)))
                .withMessageContaining("" + 65536L * PAGE);
    }

    @Test
    void instancesOfAModuleShareNothing() {
        var engine = engine(1 << 20);
        var counts = engine.compile(GuestModules.binary(GuestModules.COUNTS));
        var grows = engine.compile(GuestModules.binary(GuestModules.GROWS_TABLE));
        for (int i = 0; i < 3; i++) {
            assertThat(engine.instantiate(counts, config(stdout)).run())
                    .isEqualTo(new GuestExit.Exited(2));
            assertThat(engine.instantiate(grows, config(stdout)).run())
                    .isEqualTo(new GuestExit.Exited(3));
        }
    }

    @Test
    void missingImportsAreNamed() {
        assertThatExceptionOfType(ModuleException.MissingImports.class)
                .isThrownBy(() -> compile(GuestModules.IMPORTS_TOO_MUCH))
                .satisfies(e ->
                        assertThat(e.names())
                                .containsExactly(
                                        "env.launch",
                                        "env.table",
                                        "wasi_snapshot_preview1.fd_teleport"))
                .withMessageContaining("env.launch");
    }

    @Test
    void anImportOfAnotherTypeIsInvalid() {
        assertThatExceptionOfType(ModuleException.Invalid.class)
                .isThrownBy(() ->
                        compile(
                                "(module (import \"wasi_snapshot_preview1\" \"proc_exit\""
                                        + " (func (param i64)))"
                                        + " (func (export \"_start\")))"))
                .withMessageContaining("proc_exit");
    }

    @Test
    void aLibraryHasNoEntryPoint() {
        assertThatExceptionOfType(ModuleException.NoEntryPoint.class)
                .isThrownBy(() -> compile("(module (func (export \"_start\") (param i32)))"));
        assertThatExceptionOfType(ModuleException.NoEntryPoint.class)
                .isThrownBy(() -> compile("(module (func (export \"run\")))"));
    }

    @Test
    void aModuleCutAtAnyByteIsAModuleException() {
        var whole = GuestModules.binary(GuestModules.TRAPS);
        var engine = engine(1 << 20);
        for (int length = 0; length < whole.length; length++) {
            var cut = Arrays.copyOf(whole, length);
            assertThat(catchThrowable(() -> engine.compile(cut)))
                    .as("cut after %d bytes", length)
                    .satisfiesAnyOf(
                            thrown -> assertThat(thrown).isInstanceOf(ModuleException.class),
                            // What follows the last section that matters may be missing.
                            thrown -> assertThat(thrown).isNull());
        }
        assertThatExceptionOfType(ModuleException.Truncated.class)
                .isThrownBy(() -> engine.compile(Arrays.copyOf(whole, whole.length - 1)))
                .withMessageContaining("byte");
    }

    @Test
    void aModuleWithAnyByteChangedIsAModuleOrAModuleException() {
        var seed = Long.getLong("silica.seed", System.nanoTime());
        System.out.println("-Dsilica.seed=" + seed);
        var random = new Random(seed);
        var whole = GuestModules.binary(GuestModules.TELLS_ARGUMENTS);
        var engine = engine(1 << 20);
        for (int i = 0; i < 500; i++) {
            var changed = whole.clone();
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            var thrown = catchThrowable(() -> engine.compile(changed));
            if (thrown != null) {
                assertThat(thrown).isInstanceOf(ModuleException.class);
            }
        }
    }

    /** What an engine has compiled already is an ELF file. */
    @ParameterizedTest
    @ValueSource(strings = {"#!/bin/sh\n", "\u007fELF\2\1\1\0", "(module)"})
    void bytesThatAreNoWasmAreNamedSo(String bytes) {
        assertThatExceptionOfType(ModuleException.NotWasm.class)
                .isThrownBy(() -> engine(1 << 20).compile(bytes.getBytes(UTF_8)));
    }

    @Test
    void aComponentIsNamedSo() {
        byte[] component = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
        assertThatExceptionOfType(ModuleException.IsComponent.class)
                .isThrownBy(() -> engine(1 << 20).compile(component))
                .withMessageContaining("wasm32-wasip1");
    }

    @Test
    void aModuleOverTheLimitIsTooLarge() {
        var binary = GuestModules.binary(GuestModules.NOTHING);
        assertThatExceptionOfType(ModuleException.TooLarge.class)
                .isThrownBy(() -> engine(binary.length - 1).compile(binary));
    }

    private GuestExit run(String text) {
        return instance(text, config(stdout)).run();
    }

    private GuestExit.Trapped trap(String text) {
        return (GuestExit.Trapped) run(text);
    }

    private RunningGuest guest(String text) {
        return new RunningGuest(instance(text, config(stdout)));
    }

    private WasmInstance instance(String text, WasiConfig config) {
        var engine = engine(1 << 20);
        return engine.instantiate(engine.compile(GuestModules.binary(text)), config);
    }

    private WasmModule compile(String text) {
        return engine(1 << 20).compile(GuestModules.binary(text));
    }

    private WasiConfig config(OutputStream out) {
        return new WasiConfig(
                List.of("/app.wasm"), List.of(), stdin, out, stderr, preopens, memory());
    }

    private static MemoryAllowance memory() {
        return new MemoryAllowance(MEMORY, new MemoryBudget(4 * MEMORY));
    }
}
