// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static io.silica.wasm.PodFixture.limits;
import static io.silica.wasm.PodFixture.resources;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.Container;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.wasm.engine.GuestModules;
import io.silica.wasm.engine.wasmtime.LibraryFile;
import io.silica.wasm.engine.wasmtime.WasmtimeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
                new Engines(Engine.ENDIVE, library.map(LibraryFile::new)));
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

        WorkerFixture.kill(dying.init().pid());
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

    private Container started(Sandbox pod, String id, String module) throws IOException {
        var container = pods.create(pod, id, module, limits(4, 0));
        container.init().start();
        return container;
    }

    private int ends(Sandbox pod, String id, String module) throws Exception {
        return started(pod, id, module).init().exit().await().code();
    }
}
