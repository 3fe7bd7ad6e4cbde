// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.server.contract.KindUnderTest;
import io.silica.server.contract.TaskContract;

class FakeTaskContractTest extends TaskContract {
    @Override
    protected KindUnderTest kind() {
        return new FakeKind();
    }
}
