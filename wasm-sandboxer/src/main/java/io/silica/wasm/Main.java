// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.server.Termination;

/** Where {@code wasm-sandboxer} begins. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        var termination = Termination.install();
        termination.exit(new WasmDaemon(termination).execute(arguments));
    }
}
