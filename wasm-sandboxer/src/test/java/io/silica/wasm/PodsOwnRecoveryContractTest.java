// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.RecoveryContract;

/** Pods that have a worker to themselves. */
final class PodsOwnRecoveryContractTest extends RecoveryContract {
    @Override
    protected KindUnderTest kind() {
        return new WasmKind(Isolation.POD);
    }
}
