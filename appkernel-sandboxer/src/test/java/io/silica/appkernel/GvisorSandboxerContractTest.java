// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.SandboxerContract;

@OnGvisor
final class GvisorSandboxerContractTest extends SandboxerContract {
    @Override
    protected KindUnderTest kind() {
        return new GvisorKind();
    }
}
