// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import org.junit.jupiter.api.extension.RegisterExtension;

final class PodSocketsTest extends PodSocketsContract {
    @RegisterExtension static final SharedWorker WORKER = SharedWorker.onEndive();

    @Override
    SharedWorker worker() {
        return WORKER;
    }
}
