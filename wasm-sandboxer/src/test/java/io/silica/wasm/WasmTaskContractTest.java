// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.TaskContract;

final class WasmTaskContractTest extends TaskContract {
    @Override
    protected KindUnderTest kind() {
        return new WasmKind();
    }
}
