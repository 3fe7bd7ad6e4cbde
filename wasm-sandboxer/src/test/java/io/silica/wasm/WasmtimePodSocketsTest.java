// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import org.junit.jupiter.api.extension.RegisterExtension;

final class WasmtimePodSocketsTest extends PodSocketsContract {
    @RegisterExtension static final SharedWorker WORKER = SharedWorker.onWasmtime();

    @Override
    SharedWorker worker() {
        return WORKER;
    }
}
