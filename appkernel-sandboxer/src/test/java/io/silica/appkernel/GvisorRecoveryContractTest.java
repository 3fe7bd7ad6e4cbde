// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.RecoveryContract;

@OnGvisor
final class GvisorRecoveryContractTest extends RecoveryContract {
    @Override
    protected KindUnderTest kind() {
        return new GvisorKind();
    }
}
