// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.RecoveryContract;
import org.junit.jupiter.api.extension.RegisterExtension;

final class WasmRecoveryContractTest extends RecoveryContract {
    @RegisterExtension static final SharedWorker WORKER = SharedWorker.onEndive();

    @Override
    protected KindUnderTest kind() {
        return new WasmKind(WORKER);
    }
}
