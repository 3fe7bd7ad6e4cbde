// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.GuestExit;
import io.silica.wasm.engine.SingleRun;
import io.silica.wasm.engine.WasiConfig;
import io.silica.wasm.engine.WasmInstance;
import io.silica.wasm.engine.wasi.GuestExitException;
import io.silica.wasm.engine.wasi.GuestWasi;
import java.util.List;
import run.endive.runtime.ExecutionCompletedException;
import run.endive.runtime.Instance;

/** One run of a module on Endive. */
final class EndiveInstance implements WasmInstance {
    private final EndiveModule module;
    private final WasiConfig config;
    private final GuestMemory memory;
    private final SingleRun run = new SingleRun();

    EndiveInstance(EndiveModule module, WasiConfig config) {
        this.module = module;
        this.config = config;
        this.memory = new GuestMemory(config.memory());
    }

    @Override
    public GuestExit run() {
        run.enter();
        try (var wasi = new GuestWasi(config, run::isInterrupted)) {
            return run.isInterrupted() ? new GuestExit.Interrupted() : execute(wasi);
        } finally {
            config.memory().release();
            run.leave();
        }
    }

    private GuestExit execute(GuestWasi wasi) {
        if (!config.memory().take(module.minimumMemory())) {
            return new GuestExit.Trapped(
                    "the worker has no more memory for guests", List.of(), true);
        }
        try {
            var instance = instance(wasi);
            instance.initialize(false);
            instance.export(EndiveEngine.ENTRY_POINT).apply();
            return new GuestExit.Exited(0);
        } catch (ExecutionCompletedException _) {
            return new GuestExit.Exited(0);
        } catch (GuestExitException e) {
            return new GuestExit.Exited(e.code());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return run.isInterrupted()
                    ? new GuestExit.Interrupted()
                    : Trap.of(e, module.parsed().nameSection(), config.memory().wasRefused());
        }
    }

    private Instance instance(GuestWasi wasi) {
        return Instance.builder(module.parsed())
                .withMachineFactory(module.machine())
                .withImportValues(EndiveWasi.imports(wasi))
                .withMemoryFactory(memory::memory)
                .withTableFactory(memory::table)
                .withInitialize(false)
                .build();
    }

    @Override
    public void interrupt() {
        var _ = run.interrupt();
    }
}
