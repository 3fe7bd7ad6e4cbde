// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.SandboxerContract;

class FakeSandboxerContractTest extends SandboxerContract {
    @Override
    protected KindUnderTest kind() {
        return new FakeKind();
    }
}
