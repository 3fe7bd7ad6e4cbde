// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.RecoveryContract;

final class FakeKernelRecoveryContractTest extends RecoveryContract {
    @Override
    protected KindUnderTest kind() {
        return new FakeKernelKind();
    }
}
