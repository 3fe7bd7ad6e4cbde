// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.GuestExit;
import io.silica.wasm.engine.WasiConfig;
import io.silica.wasm.engine.WasmInstance;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.ExecutionCompletedException;
import run.endive.runtime.Instance;
import run.endive.wasi.WasiExitException;

/** One run of a module on Endive. */
final class EndiveInstance implements WasmInstance {
    private final EndiveModule module;
    private final WasiConfig config;
    private final GuestMemory memory;
    private boolean used;
    private volatile boolean interrupted;
    private @Nullable Thread guest;

    EndiveInstance(EndiveModule module, WasiConfig config) {
        this.module = module;
        this.config = config;
        this.memory = new GuestMemory(module.parsed(), config.memoryLimit());
    }

    @Override
    public GuestExit run() {
        enter();
        try (var wasi = new GuestWasi(config, () -> interrupted)) {
            return interrupted ? new GuestExit.Interrupted() : execute(wasi);
        } finally {
            memory.release();
            leave();
        }
    }

    private GuestExit execute(GuestWasi wasi) {
        try {
            var instance = instance(wasi);
            memory.measure(instance);
            instance.initialize(false);
            instance.export(EndiveEngine.ENTRY_POINT).apply();
            return new GuestExit.Exited(0);
        } catch (ExecutionCompletedException _) {
            return new GuestExit.Exited(0);
        } catch (WasiExitException e) {
            return new GuestExit.Exited(e.exitCode());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return interrupted
                    ? new GuestExit.Interrupted()
                    : Trap.of(e, module.parsed().nameSection());
        }
    }

    private Instance instance(GuestWasi wasi) {
        return Instance.builder(module.parsed())
                .withMachineFactory(module.machine())
                .withImportValues(wasi.imports())
                .withMemoryFactory(memory::memory)
                .withTableFactory(memory::table)
                .withInitialize(false)
                .build();
    }

    @Override
    public synchronized void interrupt() {
        interrupted = true;
        if (guest != null) {
            guest.interrupt();
        }
    }

    @Override
    public long memoryInUse() {
        return memory.inUse();
    }

    private synchronized void enter() {
        if (used) {
            throw new IllegalStateException("an instance runs once");
        }
        used = true;
        guest = Thread.currentThread();
    }

    /** The interrupt was meant for the guest; its thread goes on without it. */
    private synchronized void leave() {
        guest = null;
        if (interrupted) {
            var _ = Thread.interrupted();
        }
    }
}
