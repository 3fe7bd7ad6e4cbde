// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.FileTree;
import io.silica.linux.Poller;
import io.silica.proto.wasm.ListRequest;
import io.silica.proto.wasm.ListResponse;
import io.silica.ttrpc.CallOptions;
import io.silica.wasm.engine.wasmtime.LibraryFile;
import io.silica.wasm.engine.wasmtime.WasmtimeLibrary;
import io.silica.wasm.worker.ProtocolVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A worker that the tests of a class have in common. It starts before the first of them, so that
 * none is taken to have left it behind, and is as warm as that of a node: what takes a second is
 * its start. It is without guests after each test. One that a test has killed is not replaced: what
 * starts in its place ends with the test.
 */
final class SharedWorker implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private final Supplier<Engines> wanted;
    private @Nullable Engines engines;
    private @Nullable Path directory;
    private int pid;

    private SharedWorker(Supplier<Engines> wanted) {
        this.wanted = wanted;
    }

    /** One with the embedded engine. */
    static SharedWorker onEndive() {
        return new SharedWorker(() -> Engines.EMBEDDED);
    }

    /** One with Wasmtime as the engine that is configured; without a library there are no tests. */
    static SharedWorker onWasmtime() {
        return new SharedWorker(() ->
                new Engines(
                        Engine.WASMTIME, Optional.of(new LibraryFile(WasmtimeLibrary.required()))));
    }

    Engines engines() {
        return Objects.requireNonNull(engines);
    }

    /** Where the daemons of the tests keep their workers' files. */
    Path state() {
        return directory().resolve("state");
    }

    /** In which there are no other files. */
    Path directory() {
        return Objects.requireNonNull(directory);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        engines = wanted.get();
        directory = Files.createTempDirectory("worker");
        try (var poller = Poller.start("silica-test-shared");
                var workers = workers(poller)) {
            var worker = workers.get(ProtocolVersions.OURS.newest());
            awaitAnswer(worker);
            pid = worker.pid();
        }
    }

    /** Until then it may not be called java yet. */
    private static void awaitAnswer(Worker worker) {
        ListResponse _ =
                worker.call(
                        "silica.wasm.v1.Worker",
                        "List",
                        ListRequest.getDefaultInstance(),
                        ListResponse.parser(),
                        CallOptions.timeout(Duration.ofMinutes(1)));
    }

    private Workers workers(Poller poller) {
        var all = engines();
        var engine = all.usual();
        return new Workers(
                () -> all.command(TrainedWorker.command(), engine),
                new WorkerPlaces(WasmSandboxer.place(state(), engine)),
                poller,
                ProtocolVersions.OURS,
                Payer.NODE,
                () -> all.build(engine));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        BehindTheDaemon.workers(state())
                .filter(worker -> worker != pid)
                .forEach(WorkerFixture::kill);
        WorkerFixture.collectLaunchers();
        try (var behind = new BehindTheDaemon(state())) {
            behind.forget();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (directory != null) {
            BehindTheDaemon.workers(state()).forEach(WorkerFixture::kill);
            FileTree.remove(directory);
        }
    }
}
