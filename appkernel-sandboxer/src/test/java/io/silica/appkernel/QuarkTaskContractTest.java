// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.TaskContract;

@OnStandIn
final class QuarkTaskContractTest extends TaskContract {
    @Override
    protected KindUnderTest kind() {
        return new QuarkKind();
    }
}
