// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.sandbox.Sandboxer;
import io.silica.server.config.LimitsConfig;
import io.silica.server.contract.KindUnderTest;
import io.silica.wasm.engine.GuestModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/** This kind as the contracts see it, with workers on our own libraries. */
final class WasmKind implements KindUnderTest {
    private final SequencedSet<Path> states = new LinkedHashSet<>();
    private final Isolation isolation;
    private final Optional<SharedWorker> shared;

    WasmKind() {
        this(Isolation.AUTO);
    }

    WasmKind(Isolation isolation) {
        this(isolation, Optional.empty());
    }

    /** On the worker that there is already, and its engine. */
    WasmKind(SharedWorker shared) {
        this(Isolation.AUTO, Optional.of(shared));
    }

    private WasmKind(Isolation isolation, Optional<SharedWorker> shared) {
        this.isolation = isolation;
        this.shared = shared;
    }

    @Override
    public Sandboxer sandboxer(Path own) {
        var state = shared.map(SharedWorker::state).orElse(own);
        states.add(state);
        return new WasmSandboxer(
                TrainedWorker::command,
                shared.map(SharedWorker::engines).orElse(Engines.EMBEDDED),
                isolation,
                state,
                WasmDaemon.hostCalls(LimitsConfig.DEFAULT),
                InstantSource.system());
    }

    @Override
    public void fill(Path rootfs) throws IOException {
        module(rootfs, "sleep.wasm", GuestModules.SLEEPS);
        module(rootfs, "exit.wasm", GuestModules.EXITS_AS_TOLD);
        module(rootfs, "print.wasm", GuestModules.PRINTS_ARGUMENT);
    }

    private static void module(Path rootfs, String name, String text) throws IOException {
        Files.write(rootfs.resolve(name), GuestModules.binary(text));
    }

    @Override
    public List<String> sleep() {
        return List.of("/sleep.wasm");
    }

    @Override
    public List<String> exit(int code) {
        return List.of("/exit.wasm", Integer.toString(code));
    }

    @Override
    public List<String> print(String line) {
        return List.of("/print.wasm", line);
    }

    @Override
    public boolean execs() {
        return false;
    }

    @Override
    public boolean pauses() {
        return false;
    }

    @Override
    public List<String> containers() {
        try (var behind = new BehindTheDaemon(states.getLast())) {
            return behind.containers();
        }
    }

    @Override
    public int end(String container) {
        try (var behind = new BehindTheDaemon(states.getLast())) {
            return behind.end(container);
        }
    }

    @Override
    public void killAgents() {
        states.stream().flatMap(BehindTheDaemon::workers).forEach(WorkerFixture::kill);
        WorkerFixture.collectLaunchers();
    }

    /** A worker outlives the daemon. */
    @Override
    public void cleanUp() {
        if (shared.isEmpty()) {
            killAgents();
        }
    }
}
