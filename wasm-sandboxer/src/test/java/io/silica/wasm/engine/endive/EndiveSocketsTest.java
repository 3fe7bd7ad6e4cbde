// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.GuestSocketsContract;
import io.silica.wasm.engine.WasmEngine;

final class EndiveSocketsTest extends GuestSocketsContract {
    @Override
    protected WasmEngine engine(long moduleLimit) {
        return new EndiveEngine(moduleLimit);
    }
}
