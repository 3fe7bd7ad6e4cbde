// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static io.silica.wasm.PodFixture.limits;
import static io.silica.wasm.PodFixture.resources;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.silica.linux.FileTree;
import io.silica.linux.Pidfd;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.Container;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.wasm.compiler.CompilerLimits;
import io.silica.wasm.engine.GuestModules;
import io.silica.wasm.engine.HostileModules;
import io.silica.wasm.engine.ModuleDigest;
import io.silica.wasm.engine.wasmtime.LibraryFile;
import io.silica.wasm.engine.wasmtime.WasmtimeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods of the runtime handler {@code wasmtime}, beside others. */
@LeakCheck(cgroups = WasmtimePodTest.CGROUPS)
final class WasmtimePodTest {
    static final String CGROUPS = "/silica-test-wasmtime-pod";

    /** Few enough for a test, and more than a small module needs. */
    private static final CompilerLimits SMALL =
            new CompilerLimits(Duration.ofSeconds(90), 64L << 20, 2, 1 << 20);

    /** Of the file of a compiled module; it ends with the digest of what follows. */
    private static final int HEADER = 112;

    private static final int SIGSEGV = 11;

    @TempDir Path directory;
    private PodFixture pods;

    @BeforeEach
    void begin() throws IOException {
        PodFixture.needsCgroups();
        pods = daemon(Optional.of(WasmtimeLibrary.required()));
    }

    private PodFixture daemon(Optional<Path> library) throws IOException {
        return new PodFixture(
                directory,
                CGROUPS,
                Isolation.AUTO,
                new Engines(Engine.ENDIVE, library.map(LibraryFile::new), SMALL));
    }

    @AfterEach
    void end() {
        if (pods != null) {
            pods.close();
        }
    }

    @Test
    void eachEngineHasAWorkerOfItsOwnWhoseDeathIsNoAffairOfTheOthers() throws Exception {
        var endive = pods.sandbox("e", PodResources.UNLIMITED, "wasm");
        var wasmtime = pods.sandbox("w", PodResources.UNLIMITED, "wasmtime");
        var staying = started(endive, "staying", GuestModules.LOOPS);
        var dying = started(wasmtime, "dying", GuestModules.LOOPS);
        assertThat(dying.init().pid()).isNotEqualTo(staying.init().pid());

        // As if native code had gone astray.
        try (var worker = Pidfd.open(dying.init().pid())) {
            worker.signal(SIGSEGV);
        }
        assertThat(dying.init().exit().await().code()).isEqualTo(137);
        assertThat(ends(endive, "other", GuestModules.exits(3))).isEqualTo(3);
        assertThat(ends(wasmtime, "next", GuestModules.exits(4))).isEqualTo(4);
        assertThat(staying.init().exit().status()).isEmpty();
    }

    /** What it takes of the system is in the filter, and the library is all that it sees more. */
    @Test
    void aConfinedWorkerRunsTrapsAndLimitsGuests() throws Exception {
        var pod = pods.sandbox("w", PodResources.UNLIMITED, "wasmtime");
        assertThat(ends(pod, "exits", GuestModules.exits(9))).isEqualTo(9);
        assertThat(ends(pod, "traps", GuestModules.TRAPS)).isEqualTo(134);
        assertThat(ends(pod, "divides", GuestModules.DIVIDES_BY_ZERO)).isEqualTo(134);
        assertThat(ends(pod, "recurses", GuestModules.RECURSES)).isEqualTo(134);
        assertThat(ends(pod, "grows", GuestModules.GROWS_MEMORY)).isEqualTo(64);
    }

    @Test
    void aPodWithACpuLimitHasAWorkerOfItsOwn() throws Exception {
        var limited = pods.sandbox("w", resources(0, 500), "wasmtime");
        var container = pods.create(limited, "c", GuestModules.LOOPS, limits(0, 500));
        assertThat(pods.cgroup("w").processes()).containsExactly(container.init().pid());
    }

    /** Their memories are not on the heap, which has to be enough without them. */
    @Test
    void theFloorHoldsAWorkerWhoseGuestsUseUpTheirLimits() throws Exception {
        var pod = pods.sandbox("w", limited(Engine.WASMTIME.floor()), "wasmtime");
        for (int i = 0; i < 3; i++) {
            var eats = pods.create(pod, "eats", GuestModules.fillsTo(60 * 16), limits(60, 0));
            eats.init().start();
            assertThat(eats.init().exit().await().code()).isEqualTo(60 * 16 & 0xff);
            eats.init().delete();
        }
        assertThat(pods.cgroup("w").memoryKills()).isZero();
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(
                        () -> pods.sandbox("x", limited(Engine.WASMTIME.floor() - 1), "wasmtime"))
                .withMessageContainingAll("overhead.podFixed", "wasmtime");
    }

    private static PodResources limited(long overhead) {
        return new PodResources(limits(64, 1000), new Resources(overhead, 0, 0, 0));
    }

    @Test
    void theNextDaemonFindsThePodOnItsEngine() throws Exception {
        var first = pods.sandbox("w", PodResources.UNLIMITED, "wasmtime");
        var running = started(first, "running", GuestModules.LOOPS);
        var spec = pods.spec("w", PodResources.UNLIMITED);
        pods.restartDaemon(Isolation.AUTO);
        var found = pods.daemon().adopt(spec, first.identity(), true).orElseThrow();
        found.adoptContainers(List.of());
        var next = pods.create(found, "next", GuestModules.LOOPS, limits(4, 0));
        assertThat(next.init().pid()).isEqualTo(running.init().pid());
        found.close();
    }

    @Test
    void withoutTheLibraryAPodThatAsksForItIsRefusedInWordsAndOthersAreNot() throws Exception {
        pods.close();
        pods = daemon(Optional.empty());
        assertThatExceptionOfType(SandboxException.Unavailable.class)
                .isThrownBy(() -> pods.sandbox("w", PodResources.UNLIMITED, "wasmtime"))
                .withMessage(
                        "sandbox \"w\" is for the engine wasmtime, which there is not:"
                                + " wasm.wasmtime-library does not name the library");
        var pod = pods.sandbox("e", PodResources.UNLIMITED, "endive");
        assertThat(ends(pod, "exits", GuestModules.exits(5))).isEqualTo(5);
    }

    @Test
    void aLibraryThatIsNoneIsRefusedInWordsUntilItIsOne() throws Exception {
        var library = Files.writeString(directory.resolve("library.so"), "not yet a library...");
        pods.close();
        pods = daemon(Optional.of(library));
        assertThatExceptionOfType(SandboxException.Unavailable.class)
                .isThrownBy(() -> pods.sandbox("w", PodResources.UNLIMITED, "wasmtime"))
                .withMessageEndingWith("wasm.wasmtime-library: " + library + " is no library");
        Files.delete(library);
        Files.copy(WasmtimeLibrary.required(), library);
        var pod = pods.sandbox("w", PodResources.UNLIMITED, "wasmtime");
        assertThat(ends(pod, "exits", GuestModules.exits(6))).isEqualTo(6);
    }

    @Test
    void aModuleThatAWorkerHasIsAskedOfNobodyElse() throws Exception {
        var pod = pods.sandbox("w", PodResources.UNLIMITED, "wasmtime");
        assertThat(ends(pod, "first", GuestModules.exits(2))).isEqualTo(2);
        var modules = pods.daemon().modules();
        assertThat(modules.compiled()).isEqualTo(1);
        FileTree.remove(pods.state().resolve("modules"));

        assertThat(ends(pod, "second", GuestModules.exits(2))).isEqualTo(2);
        assertThat(modules.compiled()).isEqualTo(1);
        assertThat(modules.found()).isZero();
    }

    @Test
    void theNextWorkerAndTheNextDaemonFindOnDiskWhatWasCompiled() throws Exception {
        var pod = pods.sandbox("w", PodResources.UNLIMITED, "wasmtime");
        var first = started(pod, "first", GuestModules.LOOPS);
        WorkerFixture.kill(first.init().pid());
        first.init().exit().await();
        pods.restartDaemon(Isolation.AUTO);

        var next = pods.sandbox("n", PodResources.UNLIMITED, "wasmtime");
        started(next, "next", GuestModules.LOOPS);
        assertThat(pods.daemon().modules().compiled()).isZero();
        assertThat(pods.daemon().modules().found()).isEqualTo(1);
    }

    @Test
    void whatIsDamagedOnDiskIsCompiledAgain() throws Exception {
        var pod = pods.sandbox("w", PodResources.UNLIMITED, "wasmtime");
        var first = started(pod, "first", GuestModules.exits(2));
        WorkerFixture.kill(first.init().pid());
        first.init().exit().await();
        try (var files = Files.list(pods.state().resolve("modules"))) {
            for (var file : files.toList()) {
                var bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            }
        }

        assertThat(ends(pod, "second", GuestModules.exits(2))).isEqualTo(2);
        assertThat(pods.daemon().modules().discarded()).isEqualTo(1);
        assertThat(pods.daemon().modules().compiled()).isEqualTo(2);
    }

    /** As what a release with other settings has left. */
    @Test
    void whatTheEngineDoesNotTakeFromTheDiskIsCompiledAgain() throws Exception {
        var pod = pods.sandbox("w", PodResources.UNLIMITED, "wasmtime");
        var first = started(pod, "first", GuestModules.exits(2));
        WorkerFixture.kill(first.init().pid());
        first.init().exit().await();
        try (var files = Files.list(pods.state().resolve("modules"))) {
            for (var file : files.toList()) {
                forge(file);
            }
        }

        assertThat(ends(pod, "second", GuestModules.exits(2))).isEqualTo(2);
        assertThat(pods.daemon().modules().found()).isEqualTo(1);
        assertThat(pods.daemon().modules().discarded()).isEqualTo(1);
        assertThat(pods.daemon().modules().compiled()).isEqualTo(2);
    }

    /** Another content, whose digest is right. */
    private static void forge(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, HEADER, bytes.length, (byte) 7);
        var content = Arrays.copyOfRange(bytes, HEADER, bytes.length);
        var digest = ModuleDigest.sha256().digest(content);
        System.arraycopy(digest, 0, bytes, HEADER - digest.length, digest.length);
        Files.write(file, bytes);
    }

    @Test
    void aModuleThatIsTooMuchForTheCompilerIsRefusedInWordsAndNeighboursRunOn() throws Exception {
        var pod = pods.sandbox("w", PodResources.UNLIMITED, "wasmtime");
        var neighbour = started(pod, "neighbour", GuestModules.LOOPS);
        // On a machine with much to do time may be over before memory is.
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> pods.create(pod, "hostile", HostileModules.functions(1_000_000)))
                .isInstanceOfAny(SandboxException.Exhausted.class, SandboxException.TimedOut.class)
                .withMessageStartingWith("the module of container \"hostile\" can't be run: ");

        assertThat(neighbour.init().exit().status()).isEmpty();
        assertThat(ends(pod, "next", GuestModules.exits(4))).isEqualTo(4);
    }

    @Test
    void anEndlessStartFunctionIsKilledAsAnyLoopIs() throws Exception {
        var pod = pods.sandbox("w", PodResources.UNLIMITED, "wasmtime");
        var endless = started(pod, "endless", GuestModules.LOOPS_AT_THE_START);
        endless.init().kill(Signal.KILL, true);
        assertThat(endless.init().exit().await().code()).isEqualTo(137);
    }

    @Test
    void aWorkerWhoseLibraryWasReplacedGivesWayToAnotherOnlyForWhatItDoesNotTake()
            throws Exception {
        var library = Files.copy(WasmtimeLibrary.required(), directory.resolve("library.so"));
        pods.close();
        pods = daemon(Optional.of(library));
        var pod = pods.sandbox("w", resources(0, 1000), "wasmtime");
        var before = startedInOwn(pod, "before", GuestModules.LOOPS);
        var bytes = Files.readAllBytes(library);
        Files.delete(library);
        Files.write(library, Arrays.copyOf(bytes, bytes.length + 1));
        var other = pods.sandbox("o", resources(0, 1000), "wasmtime");
        startedInOwn(other, "other", GuestModules.exits(2)).init().exit().await();
        try (var files = Files.list(pods.state().resolve("modules"))) {
            for (var file : files.toList()) {
                forge(file);
            }
        }

        var taken = startedInOwn(pod, "taken", GuestModules.exits(3));
        assertThat(taken.init().pid()).isEqualTo(before.init().pid());
        var next = startedInOwn(pod, "next", GuestModules.exits(2));
        assertThat(next.init().pid()).isNotEqualTo(before.init().pid());
        assertThat(next.init().exit().await().code()).isEqualTo(2);
        assertThat(pods.daemon().modules().discarded()).isEqualTo(1);
        assertThat(before.init().exit().status()).isEmpty();
        var last = startedInOwn(pod, "last", GuestModules.exits(4));
        assertThat(last.init().pid()).isEqualTo(next.init().pid());
    }

    private Container startedInOwn(Sandbox pod, String id, String module) throws IOException {
        var container = pods.create(pod, id, module, limits(0, 1000));
        container.init().start();
        return container;
    }

    private Container started(Sandbox pod, String id, String module) throws IOException {
        var container = pods.create(pod, id, module, limits(4, 0));
        container.init().start();
        return container;
    }

    private int ends(Sandbox pod, String id, String module) throws Exception {
        return started(pod, id, module).init().exit().await().code();
    }
}
