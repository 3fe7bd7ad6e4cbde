// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.server.DaemonMain;

/** Where {@code wasm-sandboxer} begins. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        DaemonMain.run(WasmDaemon::new, arguments);
    }
}
