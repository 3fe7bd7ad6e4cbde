// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.server.DaemonMain;
import io.silica.server.cli.CheckCommand;
import java.util.Arrays;

/** Where {@code wasm-sandboxer} begins. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals(CheckCommand.FLAG)) {
            var rest = Arrays.copyOfRange(arguments, 1, arguments.length);
            System.exit(Preflight.command(System.out, System.err).execute(rest));
        }
        DaemonMain.run(WasmDaemon::new, arguments);
    }
}
