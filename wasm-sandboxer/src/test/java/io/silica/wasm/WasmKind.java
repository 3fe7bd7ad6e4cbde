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
import java.util.SequencedSet;

/** This kind as the contracts see it, with workers on our own libraries. */
final class WasmKind implements KindUnderTest {
    private final SequencedSet<Path> states = new LinkedHashSet<>();
    private final Isolation isolation;

    WasmKind() {
        this(Isolation.AUTO);
    }

    WasmKind(Isolation isolation) {
        this.isolation = isolation;
    }

    @Override
    public Sandboxer sandboxer(Path state) {
        states.add(state);
        return new WasmSandboxer(
                WorkerCommand::standard,
                Engines.EMBEDDED,
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
        cleanUp();
    }

    /** A worker outlives the daemon. */
    @Override
    public void cleanUp() {
        states.stream()
                .flatMap(BehindTheDaemon::places)
                .flatMap(place -> new WorkerFiles(place).load().stream())
                .forEach(worker -> WorkerFixture.kill(worker.identity().pid()));
        WorkerFixture.collectLaunchers();
    }
}
