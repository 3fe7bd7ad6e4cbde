// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import io.silica.wasm.engine.GuestSocketsContract;
import io.silica.wasm.engine.WasmEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;

final class WasmtimeSocketsTest extends GuestSocketsContract {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    @Override
    protected WasmEngine engine(long moduleLimit) {
        try {
            return new WasmtimeEngine(WasmtimeLibrary.required(), moduleLimit, clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void stopClock() {
        clock.shutdownNow();
    }
}
