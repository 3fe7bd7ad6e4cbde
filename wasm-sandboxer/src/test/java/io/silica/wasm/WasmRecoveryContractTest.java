// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.RecoveryContract;

final class WasmRecoveryContractTest extends RecoveryContract {
    @Override
    protected KindUnderTest kind() {
        return new WasmKind();
    }
}
