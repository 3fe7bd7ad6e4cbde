// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.RecoveryContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With Wasmtime as the engine that is configured. */
final class WasmtimeRecoveryContractTest extends RecoveryContract {
    @RegisterExtension static final SharedWorker WORKER = SharedWorker.onWasmtime();

    @Override
    protected KindUnderTest kind() {
        return new WasmKind(WORKER);
    }
}
