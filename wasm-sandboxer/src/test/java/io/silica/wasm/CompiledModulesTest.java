// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFlag;
import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxId;
import io.silica.server.config.LimitsConfig;
import io.silica.wasm.compiler.CompiledFile;
import io.silica.wasm.compiler.CompiledModules;
import io.silica.wasm.compiler.CompilerException;
import io.silica.wasm.compiler.CompilerLimits;
import io.silica.wasm.engine.GuestModules;
import io.silica.wasm.engine.HostileModules;
import io.silica.wasm.engine.ModuleDigest;
import io.silica.wasm.engine.wasmtime.WasmtimeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
final class CompiledModulesTest {
    private static final byte[] NOTHING = GuestModules.binary(GuestModules.NOTHING);

    /** Few enough for a test, and more than a small module needs. */
    private static final CompilerLimits SMALL =
            new CompilerLimits(Duration.ofSeconds(90), 64L << 20, 2, 1 << 20);

    @TempDir Path directory;
    private final Poller poller = Poller.start("compiled-modules-test");
    private final HostCalls host =
            WasmDaemon.hostCalls(LimitsConfig.DEFAULT).of(new SandboxId("s"));
    private Path library;
    private CompiledModules modules;

    @BeforeEach
    void begin() {
        assumeTrue("root".equals(System.getProperty("user.name")), "others can't mount");
        library = WasmtimeLibrary.required();
        modules = modules(SMALL, "this build");
    }

    private CompiledModules modules(CompilerLimits limits, String build) {
        var worker = TrainedWorker.command();
        return new CompiledModules(
                worker.with(worker.options().withWasmtime(library))::compiler,
                () -> build,
                limits,
                directory.resolve("modules"),
                poller);
    }

    @AfterEach
    void end() {
        if (modules != null) {
            modules.close();
        }
        host.close();
        poller.close();
    }

    @Test
    void aModuleIsCompiledOnceAndFoundByTheNextDaemonUnlessTheEngineIsAnother() throws IOException {
        get(NOTHING);
        get(NOTHING);
        assertThat(modules.compiled()).isEqualTo(1);
        assertThat(modules.found()).isEqualTo(1);

        modules.close();
        modules = modules(SMALL, "this build");
        get(NOTHING);
        assertThat(modules.compiled()).isZero();

        modules.close();
        modules = modules(SMALL, "another build");
        get(NOTHING);
        assertThat(modules.compiled()).isEqualTo(1);
    }

    @Test
    void whoWantsWhatIsBeingCompiledWaitsForIt() throws Exception {
        Callable<Boolean> wanted =
                () -> {
                    get(NOTHING);
                    return true;
                };
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var caller : callers.invokeAll(List.of(wanted, wanted, wanted))) {
                assertThat(caller.get()).isTrue();
            }
        }
        assertThat(modules.compiled()).isEqualTo(1);
    }

    @Test
    void whatTheEngineRefusesIsSaidInItsWords() {
        var invalid =
                HexFormat.of()
                        .parseHex(
                                "0061736d01000000" // the header
                                        + "010401600000" // a type without parameters and results
                                        + "03020100" // a function of that type
                                        + "070a01065f73746172740000" // it is _start
                                        + "0a050103001a0b"); // it drops what it does not have
        assertThatExceptionOfType(CompilerException.Refused.class)
                .isThrownBy(() -> get(invalid))
                .withMessageStartingWith("it is invalid: ");
        assertThat(modules.failed()).isEqualTo(1);
    }

    @Test
    void aMillionFunctionsEndWithTheirCompilerAndTheNextModuleIsCompiled() throws IOException {
        refused(SMALL, HostileModules.functions(1_000_000));
    }

    @Test
    void aHugeFunctionEndsWithTheTimeOfItsCompilerAndTheNextModuleIsCompiled() throws IOException {
        var brief = new CompilerLimits(Duration.ofSeconds(1), 1L << 30, 1, 1 << 20);
        refused(brief, HostileModules.huge(300_000));
    }

    @Test
    void aCompiledModuleThatIsTooLargeIsRefused() throws IOException {
        var cramped = new CompilerLimits(Duration.ofSeconds(90), 4096, 1, 1 << 20);
        assertThat(refused(cramped, NOTHING))
                .isInstanceOf(CompilerException.TooMuch.class)
                .hasMessageStartingWith("compiled it has ");
    }

    /** On a machine with much to do time may be over before memory is. */
    private CompilerException refused(CompilerLimits limits, byte[] burden) throws IOException {
        modules.close();
        modules = modules(limits, "this build");
        CompilerException refusal = null;
        try {
            get(burden);
        } catch (CompilerException.TooMuch | CompilerException.TooLong e) {
            refusal = e;
        }
        assertThat(refusal).isNotNull();
        assertThat(modules.size()).isZero();

        modules.close();
        modules = modules(SMALL, "this build");
        get(NOTHING);
        assertThat(modules.compiled()).isEqualTo(1);
        return Objects.requireNonNull(refusal);
    }

    /** Whatever it comes to, nobody else is harmed. */
    @Test
    void deepNestingIsCompiledOrRefused() throws IOException {
        try {
            get(HostileModules.nested(20_000));
        } catch (CompilerException e) {
            assertThat(e).isNotInstanceOf(CompilerException.Unavailable.class);
        }
        get(NOTHING);
    }

    private void get(byte[] binary) throws IOException {
        var file = Files.createTempFile(directory, "module", ".wasm");
        Files.write(file, binary);
        try (var module = Descriptor.open(file, OpenFlag.READ);
                var compiled = modules.get(module, false, host)) {
            assertThat(CompiledFile.of(compiled).orElseThrow().module())
                    .isEqualTo(ModuleDigest.of(binary));
        }
    }
}
