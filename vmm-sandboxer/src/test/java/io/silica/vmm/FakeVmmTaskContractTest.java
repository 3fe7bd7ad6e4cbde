// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.TaskContract;

final class FakeVmmTaskContractTest extends TaskContract {
    @Override
    protected KindUnderTest kind() {
        return new FakeVmmKind();
    }
}
