// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.SandboxerContract;

final class FakeVmmSandboxerContractTest extends SandboxerContract {
    @Override
    protected KindUnderTest kind() {
        return new FakeVmmKind();
    }
}
