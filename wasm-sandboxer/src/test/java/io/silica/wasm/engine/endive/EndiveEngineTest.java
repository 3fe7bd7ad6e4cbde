// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.WasmEngine;
import io.silica.wasm.engine.WasmEngineContract;

final class EndiveEngineTest extends WasmEngineContract {
    @Override
    protected WasmEngine engine(long moduleLimit) {
        return new EndiveEngine(moduleLimit);
    }
}
