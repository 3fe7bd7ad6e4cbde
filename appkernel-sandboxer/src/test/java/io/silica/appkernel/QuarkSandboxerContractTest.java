// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.SandboxerContract;

@OnStandIn
final class QuarkSandboxerContractTest extends SandboxerContract {
    @Override
    protected KindUnderTest kind() {
        return new QuarkKind();
    }
}
