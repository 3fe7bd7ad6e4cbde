// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static io.silica.wasm.PodFixture.limits;
import static io.silica.wasm.PodFixture.resources;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFlag;
import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.Container;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import io.silica.wasm.engine.GuestModules;
import io.silica.wasm.engine.wasmtime.LibraryFile;
import io.silica.wasm.engine.wasmtime.WasmtimeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pod that takes all the CPU time that it can get, and one beside it. */
@LeakCheck(cgroups = LoopingPodTest.CGROUPS)
final class LoopingPodTest {
    static final String CGROUPS = "/silica-test-looping-pod";

    /** A hundred milliseconds where the machine has nothing else to do, which tests do not know. */
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir Path directory;
    private final Poller poller = Poller.start("silica-test-poller");
    private @Nullable PodFixture pods;

    @BeforeEach
    void begin() throws IOException {
        PodFixture.needsCgroups();
    }

    @AfterEach
    void end() {
        if (pods != null) {
            pods.close();
        }
        poller.close();
    }

    /** In the worker that pods share, by niceness; in one of its own, by the pod's CPU limit. */
    @ParameterizedTest(name = "with {0} thousandths of a CPU on {1}")
    @CsvSource({"0,ENDIVE", "1000,ENDIVE", "0,WASMTIME", "1000,WASMTIME"})
    void aNeighbourOfTwiceAsManyLoopsAsCpusAnswersAndWhateverAGuestDoesItDiesWhenKilled(
            long cpu, Engine engine) throws Exception {
        var pods = new PodFixture(directory, CGROUPS, Isolation.AUTO, engines(engine));
        this.pods = pods;
        var busy = pods.sandbox("busy", resources(0, cpu));
        var guests = new ArrayList<Container>();
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
            guests.add(pods.create(busy, "loop" + i, GuestModules.LOOPS, limits(0, cpu)));
        }
        guests.add(pods.create(busy, "sleeps", GuestModules.SLEEPS, limits(0, cpu)));
        var stdin = fifo("stdin");
        var stdout = fifo("stdout");
        try (var _ = Descriptor.open(stdin, OpenFlag.READ, OpenFlag.NON_BLOCKING);
                var _ = Descriptor.open(stdin, OpenFlag.WRITE, OpenFlag.NON_BLOCKING);
                var out = Descriptor.open(stdout, OpenFlag.READ, OpenFlag.NON_BLOCKING)) {
            guests.add(
                    pods.create(
                            busy,
                            "reads",
                            GuestModules.COPIES_STDIN,
                            limits(0, cpu),
                            new Stdio(stdin.toString(), "", "", false),
                            () -> {}));
            guests.add(
                    pods.create(
                            busy,
                            "writes",
                            GuestModules.WRITES_FOR_EVER,
                            limits(0, cpu),
                            new Stdio("", stdout.toString(), "", false),
                            () -> {}));
            guests.forEach(guest -> guest.init().start());

            theNeighbourAnswers(pods, out);
            for (var guest : guests) {
                long killed = System.nanoTime();
                guest.init().kill(Signal.KILL, false);
                assertThat(guest.init().exit().await().code()).isEqualTo(137);
                assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(SOON);
            }
        }
    }

    private void theNeighbourAnswers(PodFixture pods, Descriptor written) throws Exception {
        var neighbour = pods.sandbox("neighbour", PodResources.UNLIMITED);
        var answers = pods.create(neighbour, "answers", GuestModules.exits(7), limits(1, 0));
        answers.init().start();
        assertThat(answers.init().exit().await().code()).isEqualTo(7);
        try (var stream = poller.inputStream(written.duplicate())) {
            assertThat(new String(stream.readNBytes(5), UTF_8)).as("the busy pod runs").hasSize(5);
        }
    }

    private static Engines engines(Engine engine) {
        return switch (engine) {
            case ENDIVE -> Engines.EMBEDDED;
            case WASMTIME ->
                    new Engines(engine, Optional.of(new LibraryFile(WasmtimeLibrary.required())));
        };
    }

    private Path fifo(String name) throws Exception {
        var path = directory.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
        return path;
    }
}
