// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.RecoveryContract;

class FakeRecoveryContractTest extends RecoveryContract {
    @Override
    protected KindUnderTest kind() {
        return new FakeKind();
    }
}
