// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import java.util.List;
import java.util.function.Consumer;

/** A container: one guest, and nothing that could be added to it. */
final class WasmGuest implements Container {
    private final ContainerId id;
    private final WasmProcess process;
    private final Consumer<Resources> check;

    /**
     * @param check refuses limits that can't be kept where it runs
     */
    WasmGuest(ContainerId id, WasmProcess process, Consumer<Resources> check) {
        this.id = id;
        this.process = process;
        this.check = check;
    }

    @Override
    public ContainerProcess init() {
        return process;
    }

    @Override
    public ContainerProcess exec(ExecConfig config) {
        throw refused("execute a command in", "a Wasm guest has one process only");
    }

    @Override
    public Statistics statistics() {
        return process.statistics();
    }

    @Override
    public List<Integer> pids() {
        return List.of(process.pid());
    }

    @Override
    public void update(Resources resources) {
        check.accept(resources);
        process.limitMemory(resources.memoryLimitBytes());
        if (resources.cpuShares() != 0) {
            share(resources.cpuShares());
        }
    }

    /** Last: it is refused more seldom than memory, and what came before stays. */
    private void share(long cpuShares) {
        try {
            process.share(cpuShares);
        } catch (SandboxException.WrongState e) {
            throw new SandboxException.WrongState(
                    e.getMessage() + "; its memory limit is the new one");
        }
    }

    @Override
    public void pause() {
        throw refused("pause", "a Wasm guest can't be frozen");
    }

    @Override
    public void resume() {
        throw refused("resume", "a Wasm guest can't be frozen");
    }

    private SandboxException refused(String action, String why) {
        return new SandboxException.Unsupported(
                "cannot %s container \"%s\": %s".formatted(action, id, why));
    }
}
