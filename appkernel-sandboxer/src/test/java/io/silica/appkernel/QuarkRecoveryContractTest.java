// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.RecoveryContract;

@OnStandIn
final class QuarkRecoveryContractTest extends RecoveryContract {
    @Override
    protected KindUnderTest kind() {
        return new QuarkKind();
    }
}
