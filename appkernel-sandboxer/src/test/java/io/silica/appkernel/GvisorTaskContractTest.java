// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.TaskContract;

@OnGvisor
final class GvisorTaskContractTest extends TaskContract {
    @Override
    protected KindUnderTest kind() {
        return new GvisorKind();
    }
}
