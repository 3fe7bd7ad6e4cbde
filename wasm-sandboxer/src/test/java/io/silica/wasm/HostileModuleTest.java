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
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import io.silica.wasm.engine.GuestModules;
import io.silica.wasm.engine.HostileModules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that are a burden to the worker that compiles them, beside one that runs. */
@LeakCheck(cgroups = HostileModuleTest.CGROUPS)
final class HostileModuleTest {
    static final String CGROUPS = "/silica-test-hostile-module";

    @TempDir Path directory;
    private PodFixture pods;

    @BeforeEach
    void begin() throws IOException {
        PodFixture.needsCgroups();
        pods = new PodFixture(directory, CGROUPS, Isolation.AUTO);
    }

    @AfterEach
    void end() {
        pods.close();
    }

    @Test
    void whatIsTooMuchForACompilerBesideGuestsIsRefusedAndTheyRunOn() throws Exception {
        var neighbour = pods.sandbox("neighbour", PodResources.UNLIMITED);
        var runs = pods.create(neighbour, "runs", GuestModules.LOOPS, limits(4, 0));
        runs.init().start();
        var hostile = pods.sandbox("hostile", PodResources.UNLIMITED);
        var modules =
                new TreeMap<>(
                        Map.of(
                                "1000000 functions", HostileModules.functions(1_000_000),
                                "3000004 bytes in a function", HostileModules.huge(300_000)));

        for (var module : modules.entrySet()) {
            assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                    .isThrownBy(() -> pods.create(hostile, "hostile", module.getValue()))
                    .withMessageStartingWith("the module of container \"hostile\" can't be run: ")
                    .withMessageContaining("it has " + module.getKey() + " and the limit is");
            assertThat(code(neighbour, GuestModules.exits(4))).isEqualTo(4);
        }
        assertThat(runs.init().exit().status()).isEmpty();
        assertThat(pods.create(neighbour, "same", GuestModules.LOOPS, limits(4, 0)).init().pid())
                .isEqualTo(runs.init().pid());
    }

    @Test
    void whatIsLargeOrNestsDeeplyIsCompiledOrRefusedAndOthersRunOn() throws Exception {
        var neighbour = pods.sandbox("neighbour", PodResources.UNLIMITED);
        var runs = pods.create(neighbour, "runs", GuestModules.LOOPS, limits(4, 0));
        runs.init().start();
        var hostile = pods.sandbox("hostile", PodResources.UNLIMITED);

        for (var module : List.of(HostileModules.huge(20_000), HostileModules.nested(20_000))) {
            compiledOrRefused(hostile, module);
            assertThat(code(neighbour, GuestModules.exits(4))).isEqualTo(4);
        }
        assertThat(runs.init().exit().status()).isEmpty();
    }

    @Test
    void variablesWithoutEndAreRefusedAndTheWorkerLives() throws Exception {
        var pod = pods.sandbox("pod", PodResources.UNLIMITED);
        var runs = pods.create(pod, "runs", GuestModules.LOOPS, limits(4, 0));
        runs.init().start();
        for (var module :
                List.of(
                        HostileModules.locals(1, Integer.MAX_VALUE),
                        HostileModules.locals(260_000, 50_000))) {
            assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                    .isThrownBy(() -> pods.create(pod, "hostile", module))
                    .withMessageContaining("hostile")
                    .withMessageContaining("locals in a function");
        }
        assertThat(code(pod, GuestModules.exits(4))).isEqualTo(4);
        assertThat(runs.init().exit().status()).isEmpty();
    }

    @Test
    void aModuleThatTakesMoreMemoryThanItsWorkerHasIsRefusedAndTheWorkerLives() throws Exception {
        var pod = pods.sandbox("small", resources(16, 1000));
        var runs = pods.create(pod, "runs", GuestModules.LOOPS, limits(0, 0));
        runs.init().start();

        compiledOrRefused(pod, HostileModules.functions(100_000));

        assertThat(code(pod, GuestModules.exits(4))).isEqualTo(4);
        assertThat(runs.init().exit().status()).isEmpty();
    }

    @Test
    void aModuleThatBeginsWithMoreMemoryThanThereIsIsRefusedOrEndsAlone() throws Exception {
        var neighbour = pods.sandbox("neighbour", PodResources.UNLIMITED);
        var runs = pods.create(neighbour, "runs", GuestModules.LOOPS, limits(4, 0));
        runs.init().start();
        var hostile = pods.sandbox("hostile", PodResources.UNLIMITED);

        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> create(hostile, GuestModules.beginsWith(32_768), 4))
                .withMessageContaining("bytes of memory to begin with and its limit is");
        var endless = create(hostile, GuestModules.LOOPS_AT_THE_START, 4);
        endless.init().start();
        endless.init().kill(Signal.KILL, true);
        assertThat(endless.init().exit().await().code()).isEqualTo(137);
        assertThat(code(neighbour, GuestModules.exits(4))).isEqualTo(4);
        assertThat(runs.init().exit().status()).isEmpty();
    }

    private Container create(Sandbox pod, String module, long mebibytes) throws IOException {
        return pods.create(pod, "hostile", module, limits(mebibytes, 0), Stdio.NONE, () -> {});
    }

    private void compiledOrRefused(Sandbox pod, byte[] module) throws Exception {
        try {
            var container = pods.create(pod, "hostile", module);
            container.init().start();
            container.init().exit().await();
            container.init().delete();
        } catch (SandboxException.InvalidArgument e) {
            assertThat(e).hasMessageContaining("hostile");
        } catch (SandboxException.TimedOut e) {
            // On a machine with much to do.
            assertThat(e).hasMessageContaining("takes longer than");
        }
    }

    private int code(Sandbox pod, String module) throws Exception {
        var container = pods.create(pod, "next", module, limits(4, 0));
        container.init().start();
        int code = container.init().exit().await().code();
        container.init().delete();
        return code;
    }
}
